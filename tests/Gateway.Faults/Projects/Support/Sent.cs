using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Projects.Support;

/// <summary>The items of one request that was sent to the gateway, and what the client was told.</summary>
/// <param name="Service">Value of the routing attribute.</param>
/// <param name="Signal">Spans or log records.</param>
/// <param name="Ids">Names of the spans, bodies of the records.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Rejected">Items that a partial success refused.</param>
/// <param name="Message">What it said.</param>
internal sealed record Sent(string Service, OtlpSignal Signal, IReadOnlyList<string> Ids, int Status, long Rejected, string Message)
{
    /// <summary>True when every item was taken.</summary>
    public bool IsAccepted => Status == 200 && Rejected == 0;
}

/// <summary>What must have become of the items of a request.</summary>
/// <param name="Project">Id of the project that has each of them exactly once; null when none has.</param>
/// <param name="Dropped">The reason for which they were dropped, if so.</param>
/// <param name="Rejected">True when the client was told that they were not taken.</param>
/// <param name="LostBySentry">True when Sentry said 2xx and threw them away.</param>
internal readonly record struct Fate(long? Project = null, string? Dropped = null, bool Rejected = false, bool LostBySentry = false)
{
    public static Fate In(SentryServer.State.Project project) => new(project.Id);

    public static Fate DroppedAs(string reason) => new(Dropped: reason);

    public static Fate Refused { get; } = new(Rejected: true);

    public static Fate Lost { get; } = new(LostBySentry: true);

    /// <summary>They wait.</summary>
    public static Fate Queued { get; }
}
