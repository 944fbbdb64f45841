using SentryOtel.Docs.Tests.Pages;

namespace SentryOtel.Docs.Tests;

/// <summary>Every link between pages leads somewhere.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Paths => [.. Page.All.Select(static page => page.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_relative_link_and_anchor_is_there(string path)
    {
        var page = Page.Read(path);

        Assert.Equal([], page.Links.Where(static link => !IsElsewhere(link.Target)).Where(link => !Leads(page, link.Target)).Select(link => $"{path}:{link.Line}: {link.Target}"));
    }

    [Theory]
    [InlineData("](docs/README.md)", true)]
    [InlineData("](docs/no-such-page.md)", false)]
    [InlineData("](docs/conditions.md#reasons)", true)]
    [InlineData("](docs/conditions.md#no-such-heading)", false)]
    public void Link_that_leads_nowhere_is_noticed(string link, bool leads) =>
        Assert.Equal(leads, Leads(Page.Read("README.md"), link[2..^1]));

    private static bool IsElsewhere(string target) => target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool Leads(Page page, string target)
    {
        var parts = target.Split('#', 2);
        var folder = Path.GetDirectoryName(page.Path)!;
        var path = parts[0].Length == 0 ? page.Path : Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, parts[0])));
        return RepositoryPaths.Exists(path) && (parts.Length == 1 || (path.EndsWith(".md", StringComparison.Ordinal) && Page.Read(path).Anchors.Contains(parts[1])));
    }
}
