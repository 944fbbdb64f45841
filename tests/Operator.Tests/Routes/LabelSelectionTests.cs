using SentryOtel.Crds;
using SentryOtel.Operator.Controllers;

namespace SentryOtel.Operator.Tests.Routes;

public sealed class LabelSelectionTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["team"] = "shop", ["tier"] = "1" };

    [Fact]
    public void An_empty_selector_selects_everything()
    {
        Assert.True(LabelSelection.Matches(new LabelSelector(), Labels));
        Assert.True(LabelSelection.Matches(new LabelSelector(), null));
    }

    [Theory]
    [InlineData("team", "shop", true)]
    [InlineData("team", "Shop", false)]
    [InlineData("other", "shop", false)]
    public void A_label_must_have_the_value(string key, string value, bool matches) =>
        Assert.Equal(matches, LabelSelection.Matches(new LabelSelector { MatchLabels = new() { [key] = value } }, Labels));

    [Theory]
    [InlineData("team", LabelSelectorOperator.In, "shop", true)]
    [InlineData("team", LabelSelectorOperator.In, "bank", false)]
    [InlineData("none", LabelSelectorOperator.In, "shop", false)]
    [InlineData("team", LabelSelectorOperator.NotIn, "shop", false)]
    [InlineData("team", LabelSelectorOperator.NotIn, "bank", true)]
    [InlineData("none", LabelSelectorOperator.NotIn, "shop", true)]
    [InlineData("team", LabelSelectorOperator.Exists, null, true)]
    [InlineData("none", LabelSelectorOperator.Exists, null, false)]
    [InlineData("team", LabelSelectorOperator.DoesNotExist, null, false)]
    [InlineData("none", LabelSelectorOperator.DoesNotExist, null, true)]
    public void A_requirement_holds_as_the_API_server_has_it(string key, LabelSelectorOperator @operator, string? value, bool matches)
    {
        var requirement = new LabelSelectorRequirement { Key = key, Operator = @operator, Values = value is null ? null : [value] };
        var selector = new LabelSelector { MatchLabels = new() { ["tier"] = "1" }, MatchExpressions = [requirement] };

        Assert.Equal(matches, LabelSelection.Matches(selector, Labels));
    }
}
