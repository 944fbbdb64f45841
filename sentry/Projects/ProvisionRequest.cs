namespace SentryOtel.Sentry.Projects;

/// <summary>A project that is wanted.</summary>
public sealed record ProvisionRequest
{
    /// <summary>
    /// Who wants it: an identity that no other owner ever has, as the UID of a Kubernetes object. Tells "created by us" from "was there".
    /// </summary>
    public required string Owner { get; init; }

    /// <summary>Slug of the project.</summary>
    public required string Slug { get; init; }

    /// <summary>Name for people of a new project; null for the slug.</summary>
    public string? Name { get; init; }

    /// <summary>Platform id; null means <c>other</c> for a new project.</summary>
    public string? Platform { get; init; }

    /// <summary>Slug of the team a new project belongs to; null for the organisation's only team, or what <see cref="SeveralTeams"/> says.</summary>
    public string? Team { get; init; }

    /// <summary>What to do when no team is named and there are several.</summary>
    public SeveralTeams SeveralTeams { get; init; }

    /// <summary>False when a missing project is an error.</summary>
    public bool MayCreate { get; init; }

    /// <summary>What to do with a project that was there before.</summary>
    public AdoptionPolicy Adoption { get; init; }

    /// <summary>Name of the client key to send with, when a certain one is wanted.</summary>
    public string? KeyName { get; init; }

    /// <summary>Replaces scheme, host, port and path prefix of the ingest addresses.</summary>
    public Uri? IngestUrl { get; init; }

    /// <summary>What the last pass found; null on the first.</summary>
    public KnownProject? Known { get; init; }

    /// <summary>
    /// What was found at another address, when that has changed: at another server its id is another project's. It counts as <see cref="Known"/> when the project found here has its id
    /// and its key.
    /// </summary>
    public KnownProject? KnownElsewhere { get; init; }

    /// <summary>What an earlier pass recorded before a create whose outcome it did not live to record.</summary>
    public CreateIntent? Intent { get; init; }

    /// <summary>
    /// Stores the intent durably before the create is sent (null: forget it). When it throws, nothing is created. Null for an owner without
    /// durable state.
    /// </summary>
    public Func<CreateIntent?, CancellationToken, Task>? RecordIntent { get; init; }
}

/// <summary>Which of several teams a new project belongs to.</summary>
public enum SeveralTeams
{
    /// <summary>The oldest, by id: unlike the first by name it stays the same when teams are added.</summary>
    Oldest,

    /// <summary>None: it is an error that names the choices.</summary>
    Refuse,
}

/// <summary>What an owner remembers of its project.</summary>
/// <param name="Id">Project id.</param>
/// <param name="Slug">Slug it had.</param>
/// <param name="Created">True when this owner created it.</param>
/// <param name="PublicKey">Key in use; kept while it is active, so that data do not change keys without need.</param>
public sealed record KnownProject(string Id, string Slug, bool Created, string? PublicKey);

/// <summary>
/// "At this time the slug was free and a create was about to be sent." A project of that slug made within minutes of it is the outcome of
/// that create; see docs/decisions/0002-project-ownership.md.
/// </summary>
/// <param name="Slug">The slug.</param>
/// <param name="Time">The owner's clock.</param>
public sealed record CreateIntent(string Slug, DateTimeOffset Time);
