using SentryOtel.Gateway.Configuration;
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

    /// <summary>
    /// What the source has on a value by name: a route or a mapping of its own, whatever it does with values that nobody named. Null when nothing. Cheap, never blocks.
    /// </summary>
    RouteAnswer? Held(string value);

    /// <summary>Where a queue's data goes now; null when that is not known any more, or nothing but the queue knows it.</summary>
    RouteTarget? TargetOf(string queue);

    /// <summary>
    /// True for a queue whose project was refused or deleted, until a look-up tells more. Nothing is sent for it: Relay says 2xx to the first request with a key that it has
    /// forgotten, and throws the data away when it finds the key inactive.
    /// </summary>
    bool IsHeld(string queue) => false;

    /// <summary>A queue's share of the senders, as a multiple of the others'.</summary>
    int WeightOf(string queue) => RoutingConfiguration.UsualWeight;

    /// <summary>What keeps a value waiting; null when nothing is known of it.</summary>
    string? WhyWaiting(string value) => null;

    /// <summary>What the source could not do lately; data that have a route flow all the same.</summary>
    string? Problem => null;

    /// <summary>Values that make one slug; null for a source that makes none.</summary>
    SlugCollisions? Collisions => null;

    /// <summary>For metrics; null for a source that looks nothing up.</summary>
    RouteSourceState? State => null;

    /// <summary>Values whose data flow, with their queues, as far as they are known one by one.</summary>
    IEnumerable<(string Value, string Queue)> Services { get; }

    /// <summary>Asks for a route of a value that data came for. Repeating it costs nothing.</summary>
    void Announce(string value);

    /// <summary>Sentry refused the project or key of a queue: look it up anew, at most once a minute, and hold it until then.</summary>
    void Recheck(string queue);

    /// <summary>Runs until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
