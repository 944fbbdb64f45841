using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Ingest;

/// <summary>
/// Which exporters stand behind a receiver, by signal: as one configuration has it. A reload makes a new graph; requests that entered the old one finish there, and
/// <see cref="RetireAsync"/> says when the last of them has left.
/// </summary>
/// <param name="exporters">The exporters.</param>
/// <param name="checksRecords">Whether records that Sentry would lose are kept out.</param>
internal sealed class PipelineGraph(IReadOnlyDictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> exporters, bool checksRecords = true)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for being in force, one for each request inside.
    private int _holders = 1;

    /// <summary>A graph that leads nowhere.</summary>
    public static PipelineGraph Empty => new(new Dictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>>());

    public IReadOnlyDictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> Exporters { get; } = exporters;

    public bool ChecksRecords { get; } = checksRecords;

    /// <summary>Enters a request; false when the graph is retired and empty, and another is in force by then.</summary>
    public bool TryEnter()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    /// <summary>A request that entered is answered.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _left.SetResult();
        }
    }

    /// <summary>Called once, after another graph was put in force. Completes when no request is inside any more.</summary>
    public Task RetireAsync()
    {
        Leave();
        return _left.Task;
    }
}
