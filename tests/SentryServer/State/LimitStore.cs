using System.Collections.Immutable;
using System.Globalization;

namespace SentryOtel.SentryServer.State;

/// <summary>What a limit covers.</summary>
public enum LimitScope
{
    /// <summary>Every project.</summary>
    Organization,

    /// <summary>One project.</summary>
    Project,

    /// <summary>One key.</summary>
    Key,
}

/// <summary>A rate limit that ingest enforces until it runs out.</summary>
public sealed record ActiveLimit
{
    /// <summary>What it covers.</summary>
    public required LimitScope Scope { get; init; }

    /// <summary>The project, for <see cref="LimitScope.Project"/>.</summary>
    public long? ProjectId { get; init; }

    /// <summary>The public key, for <see cref="LimitScope.Key"/>.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Category names such as <c>span</c>, <c>log_item</c>, <c>log_byte</c>; empty for every category.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Reason code such as <c>key_quota</c>; may be empty.</summary>
    public string Reason { get; init; } = "";

    internal bool Covers(long projectId, string publicKey) => Scope switch
    {
        LimitScope.Organization => true,
        LimitScope.Project => ProjectId == projectId,
        _ => PublicKey == publicKey,
    };

    internal string ToHeader(DateTimeOffset now)
    {
        var scope = Scope switch { LimitScope.Organization => "organization", LimitScope.Project => "project", _ => "key" };
        return string.Create(CultureInfo.InvariantCulture, $"{Seconds(now)}:{string.Join(';', Categories)}:{scope}:{Reason}");
    }

    internal long Seconds(DateTimeOffset now) => (long)Math.Ceiling((Until - now).TotalSeconds);
}

/// <summary>The limits that are on.</summary>
public sealed class LimitStore
{
    private readonly SentryState _state;
    private ImmutableArray<ActiveLimit> _limits = [];

    internal LimitStore(SentryState state) => _state = state;

    /// <summary>The limits that have not run out.</summary>
    public ImmutableArray<ActiveLimit> Active() => [.. _limits.Where(limit => limit.Until > _state.Now)];

    /// <summary>Adds a limit.</summary>
    public void Add(ActiveLimit limit) => ImmutableInterlocked.Update(ref _limits, limits => limits.Add(limit));

    /// <summary>Lifts every limit.</summary>
    public void Clear() => ImmutableInterlocked.InterlockedExchange(ref _limits, []);

    /// <summary>The active limits that meet one of these categories for this key.</summary>
    internal ImmutableArray<ActiveLimit> Matching(long projectId, string publicKey, IReadOnlyList<string> categories) =>
        [.. Active().Where(limit => limit.Covers(projectId, publicKey) && (limit.Categories.IsEmpty || limit.Categories.Any(categories.Contains)))];
}
