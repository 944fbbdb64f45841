using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>Where an exporter's routes come from.</summary>
internal interface IRouteSource
{
    /// <summary>The resource attribute that is routed on.</summary>
    string Attribute { get; }

    /// <summary>Why the source can not answer yet; null once it can.</summary>
    string? NotReady { get; }

    /// <summary>True when data may be taken before the source is ready, to wait for it.</summary>
    bool TakesDataEarly { get; }

    /// <summary>Raised after any change of what <see cref="Find"/> says.</summary>
    event Action? Changed;

    /// <summary>What is known of a value; the empty value stands for a resource without the attribute. Cheap, never blocks.</summary>
    RouteAnswer Find(string value);

    /// <summary>Where a queue's data goes now; null when that is not known any more, or nothing but the queue knows it.</summary>
    RouteTarget? TargetOf(string queue);

    /// <summary>Asks for a route of a value that data came for. Repeating it costs nothing.</summary>
    void Announce(string value);

    /// <summary>Sentry refused the project or key of a queue: look it up anew, at most once a minute.</summary>
    void Recheck(string queue);

    /// <summary>Runs until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
