using System.Reflection;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds.Tests;

public sealed class ValidatorTests
{
    public static TheoryData<string> Cases => [.. RuleCases.All.Select(rule => rule.ToString())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Validator_finds_every_broken_rule_and_no_other(string name)
    {
        var rule = RuleCases.All.Single(candidate => candidate.ToString() == name);

        Assert.Equal(rule.Errors.ToHashSet(), rule.Validate().ToHashSet());
    }

    [Fact]
    public void Every_rule_is_broken_by_some_case()
    {
        var messages = typeof(RuleMessages).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        var broken = RuleCases.All.SelectMany(rule => rule.Errors).Select(error => error.Message).ToHashSet();

        var untested = messages.Except(broken).Except([RuleMessages.AttributeValueImmutable, RuleMessages.ExporterImmutable]);

        Assert.Empty(untested);
    }

    [Fact]
    public void Update_of_what_is_fixed_is_refused()
    {
        var old = new SentryProjectRouteSpec { ExporterRef = new() { Name = "a" }, AttributeValue = "orders", Project = new() { Slug = "orders" } };
        var updated = new SentryProjectRouteSpec { ExporterRef = new() { Name = "b" }, AttributeValue = "order", Project = new() { Slug = "other" } };

        var errors = SentryProjectRouteValidator.ValidateUpdate(old, updated);

        Assert.Equal(
            [new("spec.exporterRef", RuleMessages.ExporterImmutable), new("spec.attributeValue", RuleMessages.AttributeValueImmutable)],
            errors);
        Assert.Empty(SentryProjectRouteValidator.ValidateUpdate(old, old));
    }
}
