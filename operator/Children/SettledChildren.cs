using System.Collections.Concurrent;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Children;

/// <summary>
/// Children that were found to be as they should, and from what: while that stays the same they are not read again, until it is time to look for what nobody tells.
/// </summary>
/// <param name="lifetime">How long a finding holds.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class SettledChildren(TimeSpan lifetime, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<ObjectKey, Finding> _findings = new();

    /// <summary>What was found last; null when the children have to be looked at.</summary>
    /// <param name="exporter">What the children are made from.</param>
    /// <param name="live">Tells the present children apart from changed ones, as far as they are watched.</param>
    public ChildrenOutcome? Find(SentryExporter exporter, string live) =>
        _findings.TryGetValue(ObjectKey.Of(exporter), out var finding)
        && finding.Fingerprint == Fingerprint(exporter, live) && timeProvider.GetElapsedTime(finding.At) < lifetime
            ? finding.Outcome
            : null;

    /// <summary>Keeps a finding, when there was nothing to do and nothing is left to wait for.</summary>
    public void Keep(SentryExporter exporter, string live, ChildrenOutcome outcome)
    {
        if (outcome is { IsSettled: true, HasWritten: false })
        {
            _findings[ObjectKey.Of(exporter)] = new Finding(Fingerprint(exporter, live), timeProvider.GetTimestamp(), outcome);
        }
        else
        {
            Forget(ObjectKey.Of(exporter));
        }
    }

    public void Forget(ObjectKey exporter) => _findings.TryRemove(exporter, out _);

    private static string Fingerprint(SentryExporter exporter, string live) => $"{exporter.Metadata.Uid} {exporter.Metadata.Generation} {live}";

    private sealed record Finding(string Fingerprint, long At, ChildrenOutcome Outcome);
}
