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
    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal, RejectReason Reason), long> _rejected = new();
    private readonly Lock _gate = new();

    public IEnumerable<ProjectAccount> All => _accounts.Values;

    public IEnumerable<KeyValuePair<(string Exporter, OtlpSignal Signal, RejectReason Reason), long>> Rejected => _rejected;

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

    public void Reject(string exporter, OtlpSignal signal, RejectReason reason, long items) =>
        _rejected.AddOrUpdate((exporter, signal, reason), items, (_, sum) => sum + items);
}
