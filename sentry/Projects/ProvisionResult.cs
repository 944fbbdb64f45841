using System.Diagnostics.CodeAnalysis;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Sentry.Projects;

/// <summary>A project that data can be sent to, or why there is none.</summary>
public sealed class ProvisionResult
{
    private ProvisionResult(ProvisionedProject? project, ProvisionError? error)
    {
        Project = project;
        Error = error;
    }

    /// <summary>True when <see cref="Project"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Project))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The project.</summary>
    public ProvisionedProject? Project { get; }

    /// <summary>Why there is none.</summary>
    public ProvisionError? Error { get; }

    /// <summary>A success.</summary>
    public static implicit operator ProvisionResult(ProvisionedProject project) => new(project, null);

    /// <summary>A failure.</summary>
    public static implicit operator ProvisionResult(ProvisionError error) => new(null, error);

    internal static ProvisionResult From(SentryError error) => ProvisionError.From(error);
}

/// <summary>A project that data can be sent to.</summary>
public sealed record ProvisionedProject
{
    /// <summary>Decimal id.</summary>
    public required string Id { get; init; }

    /// <summary>Its present slug.</summary>
    public required string Slug { get; init; }

    /// <summary>True when this owner created it, now or earlier; else it was there before.</summary>
    public required bool Created { get; init; }

    /// <summary>True when this very call created it.</summary>
    public bool CreatedNow { get; init; }

    /// <summary>True when it was there before this owner came.</summary>
    public bool PreExisting => !Created;

    /// <summary>True when it now has another slug than the one asked for.</summary>
    public bool Renamed { get; init; }

    /// <summary>Id of the project known before, when that one is gone and this one took its place.</summary>
    public string? ReplacedId { get; init; }

    /// <summary>Public key to send with.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Where to send.</summary>
    public required OtlpEndpoints Endpoints { get; init; }

    /// <summary>What could not be brought in line though data flow, for example a platform that Sentry does not know.</summary>
    public string? Warning { get; init; }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Slug} ({Id})";
}

/// <summary>Why there is no project to send to.</summary>
/// <param name="Reason">The kind.</param>
/// <param name="Message">For a condition: what is wrong and what cures it.</param>
public sealed record ProvisionError(ProvisionErrorReason Reason, string Message)
{
    /// <summary>The failed call, for <see cref="ProvisionErrorReason.Sentry"/>.</summary>
    public SentryError? Cause { get; init; }

    /// <summary>True when waiting alone can cure it.</summary>
    public bool IsTransient => Reason == ProvisionErrorReason.KeyNotReady || Cause is { IsTransient: true };

    /// <summary>A condition's reason: the kind, or the kind of the failed call.</summary>
    public string ConditionReason => Cause is { } cause && Reason == ProvisionErrorReason.Sentry ? cause.Reason.ToString() : Reason.ToString();

    internal static ProvisionError From(SentryError error) => new(ProvisionErrorReason.Sentry, error.Message) { Cause = error };
}

/// <summary>Why there is no project to send to.</summary>
public enum ProvisionErrorReason
{
    /// <summary>A call failed; see <see cref="ProvisionError.Cause"/>.</summary>
    Sentry,

    /// <summary>No project of that slug, and creating one is not allowed.</summary>
    ProjectNotFound,

    /// <summary>The project was there before, and only one of one's own will do.</summary>
    ProjectExists,

    /// <summary>The slug is taken by a project that the token does not see.</summary>
    SlugTaken,

    /// <summary>Sentry does not take the slug.</summary>
    InvalidSlug,

    /// <summary>The organisation has no team to create the project in.</summary>
    NoTeam,

    /// <summary>There are several teams and none was named.</summary>
    AmbiguousTeam,

    /// <summary>The team asked for is not there, or not visible to the token.</summary>
    TeamNotFound,

    /// <summary>The project has no active client key.</summary>
    NoActiveKey,

    /// <summary>The project was created a moment ago and its key can not be read yet.</summary>
    KeyNotReady,

    /// <summary>The key's addresses are not usable.</summary>
    InvalidKey,
}
