using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The bytes that a project and signal hold on disk. Guarded by the queue's lock.</summary>
internal sealed class ProjectShare
{
    public long Bytes { get; set; }

    public List<DiskLine> Lines { get; } = [];
}

/// <summary>What each project and signal hold on disk. Guarded by the lock of the lines.</summary>
internal sealed class ProjectShares
{
    private readonly Dictionary<(string Project, OtlpSignal Signal), ProjectShare> _shares = [];

    public ProjectShare? Find(string value, OtlpSignal signal, ProjectAccount account) => _shares.GetValueOrDefault(KeyOf(value, signal, account));

    public ProjectShare Of(string value, OtlpSignal signal, ProjectAccount account)
    {
        var key = KeyOf(value, signal, account);
        return _shares.TryGetValue(key, out var share) ? share : _shares[key] = new ProjectShare();
    }

    /// <summary>A line is forgotten, and with the last one its share.</summary>
    public void Leave(DiskLine line)
    {
        line.Share.Lines.Remove(line);
        if (line.Share.Lines.Count == 0)
        {
            _shares.Remove(KeyOf(line.Value, line.Signal, line.Account));
        }
    }

    // Those that share one account are no project together.
    private static (string, OtlpSignal) KeyOf(string value, OtlpSignal signal, ProjectAccount account) =>
        (account.Project == Accounts.Others ? $"{Accounts.Others}/{value}" : account.Project, signal);
}
