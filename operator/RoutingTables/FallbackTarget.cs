using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>What is known of a fallback project.</summary>
internal sealed record FallbackTarget
{
    private readonly string? _wanted;

    private FallbackTarget(RouteTarget? target, string? wanted)
    {
        Target = target;
        _wanted = wanted;
    }

    /// <summary>None is asked for.</summary>
    public static FallbackTarget None { get; } = new(null, null);

    /// <summary>The way in, when it is certain.</summary>
    public RouteTarget? Target { get; }

    /// <summary>Why there is no target though one is asked for: a condition's reason.</summary>
    public string? Reason { get; private init; }

    /// <summary>The same for people, with the cure.</summary>
    public string? Message { get; private init; }

    /// <summary>When to ask again; null for never.</summary>
    public TimeSpan? RecheckAfter { get; private init; }

    /// <summary>The project is there.</summary>
    public static FallbackTarget Found(RouteTarget target, TimeSpan recheckAfter) => new(target, null) { RecheckAfter = recheckAfter };

    /// <summary>The project is certainly not there, or not to be used.</summary>
    public static FallbackTarget Missing(string reason, string message, TimeSpan recheckAfter) =>
        new(null, null) { Reason = reason, Message = message, RecheckAfter = recheckAfter };

    /// <summary>Sentry could not be asked.</summary>
    /// <param name="slug">The project that is wanted.</param>
    /// <param name="reason">Why.</param>
    /// <param name="message">The same for people.</param>
    /// <param name="recheckAfter">When to ask again.</param>
    public static FallbackTarget Unknown(string slug, string reason, string message, TimeSpan recheckAfter) =>
        new(null, slug) { Reason = reason, Message = message, RecheckAfter = recheckAfter };

    /// <summary>The same, to be asked for again at another time.</summary>
    public FallbackTarget In(TimeSpan recheckAfter) => this with { RecheckAfter = recheckAfter };

    /// <summary>What to put into a table that has <paramref name="inForce"/>: that very target stays while Sentry can not be asked.</summary>
    public RouteTarget? Over(RouteTarget? inForce) => Target ?? (_wanted is not null && inForce?.ProjectSlug == _wanted ? inForce : null);
}
