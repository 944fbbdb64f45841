namespace SentryOtel.Benchmarks.Load;

/// <summary>The gateway's own books since its start, over all projects.</summary>
/// <param name="Accepted">Items taken from clients.</param>
/// <param name="Sent">Items that the destination took.</param>
/// <param name="Rejected">Items not accepted for good.</param>
/// <param name="Queued">Items that wait or are on the way.</param>
/// <param name="Refused">Requests refused before they were read to the end.</param>
/// <param name="Reserved">Bytes that requests and queues hold.</param>
/// <param name="Drops">Accepted items that were given up, by reason.</param>
/// <param name="Collections">Of the garbage collector, by generation.</param>
/// <param name="Allocated">Bytes allocated.</param>
internal sealed record GatewayBooks(
    long Accepted,
    long Sent,
    long Rejected,
    long Queued,
    long Refused,
    long Reserved,
    IReadOnlyDictionary<string, long> Drops,
    IReadOnlyDictionary<string, long> Collections,
    long Allocated)
{
    /// <summary>Nothing that was accepted is missing.</summary>
    public bool IsLossless => Accepted == Sent && Drops.Values.Sum() == 0 && Queued == 0;

    /// <summary>Collections of generations 0, 1 and 2 since <paramref name="before"/>.</summary>
    public string CollectionsSince(GatewayBooks before) =>
        string.Join('/', ((string[])["gen0", "gen1", "gen2"]).Select(name => Collections.GetValueOrDefault(name) - before.Collections.GetValueOrDefault(name)));
}
