using System.Collections.Immutable;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Faults.World;

/// <summary>Projects that were there before, and must be as they were afterwards.</summary>
internal sealed class ForeignProjects(SentryServerHost sentry)
{
    /// <summary>One that a route may refer to.</summary>
    public const string Referenced = "legacy";

    /// <summary>One whose slug is nearly that of a route.</summary>
    public const string Similar = "orders-2";

    private readonly ImmutableArray<(Project Project, string Keys)> _before = Read(sentry);

    public static IReadOnlyList<string> Slugs { get; } = [Referenced, Similar];

    /// <summary>Nobody changed them, and no request that changes something named them.</summary>
    public void AssertUntouched()
    {
        Assert.Equal(_before, Read(sentry));
        var names = _before.SelectMany(static known => new[] { $"/{known.Project.Slug}/", $"/{known.Project.Id}/" }).ToList();
        Assert.Empty(sentry.State.Requests.All(ServerSide.Management)
            .Where(request => request.Method != "GET" && names.Exists(name => request.Path.Contains(name, StringComparison.Ordinal)))
            .Select(static request => $"{request.Method} {request.Path}"));
    }

    /// <summary>The projects that are not among them, those that were deleted too.</summary>
    public IReadOnlyList<Project> Others() => [.. sentry.State.Projects.All().Where(project => _before.All(known => known.Project.Id != project.Id))];

    private static ImmutableArray<(Project Project, string Keys)> Read(SentryServerHost sentry) =>
    [
        .. Slugs.Select(slug => sentry.State.Projects.Find(slug)!)
            .Select(project => (project, string.Join(' ', sentry.State.Keys.OfProject(project.Id).Select(static key => $"{key.Public}={key.Name}"))))
    ];
}
