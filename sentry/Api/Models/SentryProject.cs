namespace SentryOtel.Sentry.Api;

/// <summary>A project, summary or detail (the fields that are used).</summary>
public sealed record SentryProject
{
    /// <summary>Numeric id as text; beyond 32 bits on sentry.io.</summary>
    public string Id { get; init; } = "";

    /// <summary>Slug, the name in paths. Differs from the one asked for when the project was renamed.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Platform id, null when none was chosen.</summary>
    public string? Platform { get; init; }

    /// <summary><c>active</c>, or what else became of it; only in details.</summary>
    public string? Status { get; init; }

    /// <summary>When Sentry made it, by Sentry's clock.</summary>
    public DateTimeOffset? DateCreated { get; init; }

    /// <summary>Teams that own it.</summary>
    public IReadOnlyList<SentryTeam>? Teams { get; init; }

    /// <summary>False for a project that is being deleted.</summary>
    internal bool IsActive => Status is null or "active";
}

/// <summary>A team (the fields that are used).</summary>
public sealed record SentryTeam
{
    /// <summary>Numeric id as text.</summary>
    public string Id { get; init; } = "";

    /// <summary>Slug, the name in paths.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }
}

/// <summary>A project to create.</summary>
/// <param name="Slug">Always sent: without it Sentry makes one up on a clash.</param>
/// <param name="Name">Cut to 50 characters, Sentry's bound.</param>
/// <param name="Platform">A platform id of Sentry's; one it does not know is replaced with <c>other</c>.</param>
public sealed record NewProject(string Slug, string? Name = null, string? Platform = null);

/// <summary>Changes to a project; null leaves a field alone.</summary>
/// <param name="Slug">New slug.</param>
/// <param name="Name">New name, up to 200 characters.</param>
/// <param name="Platform">New platform id.</param>
public sealed record ProjectUpdate(string? Slug = null, string? Name = null, string? Platform = null);
