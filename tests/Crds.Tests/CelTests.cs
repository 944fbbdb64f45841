using System.Text.RegularExpressions;
using SentryOtel.Crds.Validation;
using SentryOtel.Testing;

namespace SentryOtel.Crds.Tests;

/// <summary>The CEL rules as a new API server understands them: the same table that the C# validators are held to.</summary>
[Trait("Category", "Processes")]
public sealed partial class CelTests(RuleServerFixture fixture) : IClassFixture<RuleServerFixture>
{
    public static TheoryData<string> Cases => ValidatorTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Server_finds_every_broken_rule_and_no_other(string name)
    {
        var rule = RuleCases.All.Single(candidate => candidate.ToString() == name);

        var result = await fixture.Server.Tools.TryKubectlAsync(
            ["create", "--validate=false", "--dry-run=server", "-f", "-"], rule.Manifest("case").ToJsonString(), TestContext.Current.CancellationToken);

        Assert.Equal(rule.Errors.ToHashSet(), Errors(result.Error).ToHashSet());
        Assert.Equal(rule.Errors.Length == 0, result.ExitCode == 0);
    }

    [Theory]
    [InlineData("""{"spec": {"attributeValue": "other"}}""", "spec.attributeValue", RuleMessages.AttributeValueImmutable)]
    [InlineData("""{"spec": {"exporterRef": {"name": "other"}}}""", "spec.exporterRef", RuleMessages.ExporterImmutable)]
    public async Task Server_refuses_to_change_what_is_fixed(string patch, string path, string message)
    {
        var tools = fixture.Server.Tools;
        var name = "fixed-" + Guid.NewGuid().ToString("n")[..8];
        var route = RuleCases.All.First(rule => rule is { Kind: "SentryProjectRoute", Errors: [] }).Manifest(name);
        await tools.KubectlAsync(["create", "--validate=false", "-f", "-"], route.ToJsonString(), TestContext.Current.CancellationToken);

        var refused = await tools.TryKubectlAsync(["patch", "sentryroute", name, "--type=merge", "-p", patch], null, TestContext.Current.CancellationToken);
        var accepted = await tools.TryKubectlAsync(
            ["patch", "sentryroute", name, "--type=merge", "-p", """{"spec": {"project": {"slug": "renamed"}}}"""], null, TestContext.Current.CancellationToken);

        Assert.Equal([new FieldError(path, message)], Errors(refused.Error));
        Assert.Equal(0, accepted.ExitCode);
    }

    private static IEnumerable<FieldError> Errors(string standardError) =>
        Line().Matches(standardError).Select(match => new FieldError(match.Groups["path"].Value, match.Groups["message"].Value.Trim()));

    // One error follows "is invalid:", several are listed with a star each. Servers print the type, the value or nothing before the message.
    [GeneratedRegex("""(?:is invalid: |^\s*\* )(?<path>[^:\s]+): Invalid value: (?:"[^"]*": )?(?<message>.*)$""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
