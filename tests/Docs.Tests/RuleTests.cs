using SentryOtel.Docs.Tests.Servers;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests;

/// <summary>A server that evaluates the rules in CEL takes them too.</summary>
[Trait("Category", "Processes")]
public sealed class RuleTests(RuleServerFixture fixture) : IClassFixture<RuleServerFixture>
{
    public static TheoryData<string> Origins => [.. ManifestText.Examples.Concat(ManifestText.Blocks).Select(static text => text.Origin)];

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Server_finds_no_broken_rule(string origin)
    {
        foreach (var document in ManifestText.Examples.Concat(ManifestText.Blocks).Single(text => text.Origin == origin).CustomResources)
        {
            var result = await fixture.Server.Tools.TryKubectlAsync(
                ["create", "--validate=false", "--dry-run=server", "--filename", "-"], document, TestContext.Current.CancellationToken);

            Assert.True(result.ExitCode == 0, result.Error);
        }
    }
}
