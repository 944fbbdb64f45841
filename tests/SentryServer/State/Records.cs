using System.Collections.Immutable;

namespace SentryOtel.SentryServer.State;

/// <summary>The one organisation of the stand-in.</summary>
/// <param name="Id">Numeric id; a string on the wire.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Name">Display name.</param>
public sealed record Organization(long Id, string Slug, string Name);

/// <summary>A team.</summary>
/// <param name="Id">Numeric id; a string on the wire.</param>
/// <param name="Slug">Its slug, at most 50 characters.</param>
/// <param name="Name">Display name.</param>
/// <param name="DateCreated">When it was created.</param>
public sealed record Team(long Id, string Slug, string Name, DateTimeOffset DateCreated);

/// <summary>Where a project is in its life.</summary>
public enum ProjectStatus
{
    /// <summary>Usable.</summary>
    Active,

    /// <summary>Deleted: invisible to the API and refused by ingest; its slug is free again.</summary>
    PendingDeletion,
}

/// <summary>A project.</summary>
public sealed record Project
{
    /// <summary>Numeric id, beyond 32 bits as on Sentry's own service; a string on the wire.</summary>
    public required long Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Platform id, null when none was given.</summary>
    public string? Platform { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset DateCreated { get; init; }

    /// <summary>Where it is in its life.</summary>
    public ProjectStatus Status { get; init; } = ProjectStatus.Active;

    /// <summary>Ids of the teams that have access, oldest first.</summary>
    public ImmutableArray<long> TeamIds { get; init; } = [];

    /// <summary>Origins that may send, as in Sentry's <c>allowedDomains</c>; <c>*</c> allows all.</summary>
    public ImmutableArray<string> AllowedDomains { get; init; } = ["*"];

    /// <summary>Slugs it had before; the API redirects them.</summary>
    public ImmutableArray<string> PreviousSlugs { get; init; } = [];

    /// <summary>Whether creation asked for the default alert rule.</summary>
    public bool DefaultRules { get; init; } = true;

    /// <summary>The project exists (its slug is taken) but no caller can see it, as during an ownership transfer.</summary>
    public bool Hidden { get; init; }
}

/// <summary>The error rate limit of a key; stored and shown, never enforced on spans or logs (nor is it by Sentry).</summary>
/// <param name="Window">Seconds, 1 to 86400.</param>
/// <param name="Count">Events per window.</param>
public sealed record KeyRateLimit(int Window, int Count);

/// <summary>A client key.</summary>
public sealed record ProjectKey
{
    /// <summary>32 hexadecimal digits; also the key's id.</summary>
    public required string Public { get; init; }

    /// <summary>32 hexadecimal digits. Never part of what the control plane shows.</summary>
    public required string Secret { get; init; }

    /// <summary>The project it belongs to.</summary>
    public required long ProjectId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether ingest accepts it.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>Its error rate limit, if any.</summary>
    public KeyRateLimit? RateLimit { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset DateCreated { get; init; }

    /// <summary>Creation order over all keys; lists are newest first.</summary>
    public required long Sequence { get; init; }

    /// <summary>Names the key, not its secret.</summary>
    public override string ToString() => $"key {Public} of project {ProjectId}";
}
