namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// How often the parts of one batch may be cut in two in the search for a record that Sentry does not take. Finding one bad record among 8192 takes 13 cuts; the bound keeps a batch of many bad ones from becoming
/// thousands of requests.
/// </summary>
internal sealed class SplitBudget(int cuts = SplitBudget.DefaultCuts)
{
    private const int DefaultCuts = 128;

    private int _left = cuts;

    /// <summary>Takes one cut; false when none is left.</summary>
    public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
}
