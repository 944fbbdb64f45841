using System.Collections.Concurrent;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>All accounts of the process. Bounded: projects beyond the bound share one account, so that names from the network can not fill memory or a time series store.</summary>
/// <param name="maxProjects">Most projects with an account of their own, per exporter and signal.</param>
internal sealed class Accounts(int maxProjects = Accounts.DefaultMaxProjects)
{
    /// <summary>The project name of what has no account of its own.</summary>
    public const string Others = "_other";

    private const int DefaultMaxProjects = 2000;

    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal, string Project), ProjectAccount> _accounts = new();
    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal), int> _counts = new();
    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal, string Project, RejectReason Reason), Tally> _rejected = new();
    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal, string Project), Tally> _refused = new();
    private readonly Lock _gate = new();

    public IEnumerable<ProjectAccount> All => _accounts.Values;

    /// <summary>Items that clients were told not to send again.</summary>
    public IEnumerable<KeyValuePair<(string Exporter, OtlpSignal Signal, string Project, RejectReason Reason), Tally>> Rejected => _rejected;

    /// <summary>Items of requests refused whole, which clients were told to come back with. One that comes back in vain counts again.</summary>
    public IEnumerable<KeyValuePair<(string Exporter, OtlpSignal Signal, string Project), Tally>> Refused => _refused;

    /// <summary>The account of a project, made when it is new.</summary>
    public ProjectAccount Of(string exporter, OtlpSignal signal, string project)
    {
        if (_accounts.TryGetValue((exporter, signal, project), out var known))
        {
            return known;
        }

        lock (_gate)
        {
            var count = _counts.GetValueOrDefault((exporter, signal));
            var name = count < maxProjects ? project : Others;
            return _accounts.GetOrAdd((exporter, signal, name), key =>
            {
                _counts[(exporter, signal)] = count + 1;
                return new ProjectAccount(key.Exporter, key.Signal, key.Project);
            });
        }
    }

    /// <param name="exporter">Component id; empty when no exporter was asked.</param>
    /// <param name="signal">What was sent.</param>
    /// <param name="project">Name of a project that has an account, or <see cref="Others"/>.</param>
    /// <param name="reason">Why.</param>
    /// <param name="items">Items.</param>
    /// <param name="bytes">As uncompressed protobuf.</param>
    public void Reject(string exporter, OtlpSignal signal, string project, RejectReason reason, long items, long bytes) =>
        _rejected.AddOrUpdate((exporter, signal, project, reason), new Tally(items, bytes), (_, sum) => new Tally(sum.Items + items, sum.Bytes + bytes));

    /// <summary>As <see cref="Reject"/>, for a request that may come back.</summary>
    public void Refuse(string exporter, OtlpSignal signal, string project, long items, long bytes) =>
        _refused.AddOrUpdate((exporter, signal, project), new Tally(items, bytes), (_, sum) => new Tally(sum.Items + items, sum.Bytes + bytes));
}

/// <summary>A sum of items and of their bytes.</summary>
internal readonly record struct Tally(long Items, long Bytes);
