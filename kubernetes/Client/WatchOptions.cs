namespace SentryOtel.Kubernetes.Client;

/// <summary>What a watch reports, and from where on.</summary>
public sealed record WatchOptions
{
    /// <summary>Label selector.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Version after which events are wanted; null: begin with the present objects as added ones.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Asks for bookmarks, which move the version on when nothing changes.</summary>
    public bool AllowWatchBookmarks { get; init; } = true;

    /// <summary>
    /// After so many seconds the server ends the watch. Thirty seconds of silence later the client does
    /// (<see cref="TimeoutException"/>), should the connection be half open.
    /// </summary>
    public int TimeoutSeconds { get; init; } = 300;
}
