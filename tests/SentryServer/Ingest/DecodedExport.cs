using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>What was found in a body.</summary>
/// <param name="Spans">Good spans.</param>
/// <param name="Logs">Good log records.</param>
/// <param name="Losses">How many items are thrown away, by reason.</param>
internal sealed record DecodedExport(IReadOnlyList<ReceivedSpan> Spans, IReadOnlyList<ReceivedLog> Logs, IReadOnlyDictionary<string, int> Losses)
{
    /// <summary>Something in it can only be of this signal.</summary>
    public bool IsPlausible { get; init; }

    public static DecodedExport Lost(string reason, int items) => new([], [], new Dictionary<string, int> { [reason] = items });

    /// <summary>The same body when the request as a whole is thrown away.</summary>
    public DecodedExport AllDropped(string reason) => Lost(reason, Spans.Count + Logs.Count + Losses.Values.Sum());
}
