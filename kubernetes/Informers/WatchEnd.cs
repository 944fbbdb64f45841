namespace SentryOtel.Kubernetes.Informers;

/// <summary>How a watch ended, and so what comes next.</summary>
internal enum WatchEnd
{
    /// <summary>The stream ended or was cut: watch on from the last version.</summary>
    Closed,

    /// <summary>Ended at once without an event, as behind a broken proxy: pause, list, watch.</summary>
    VeryShort,

    /// <summary>The version is too old: list, watch.</summary>
    Expired,

    /// <summary>The server is busy or away: pause, watch on from the last version, since a list would only add to its load.</summary>
    Overloaded,

    /// <summary>The server failed inside: pause, watch on; list when that lasts.</summary>
    InternalError,

    /// <summary>Anything else: pause, list, watch.</summary>
    Failed,
}
