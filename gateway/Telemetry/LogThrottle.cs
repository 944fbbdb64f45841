using System.Collections.Concurrent;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Lets one log line per subject through in a while, so that a failing project does not fill the log.</summary>
internal sealed class LogThrottle(TimeProvider timeProvider)
{
    private const int MaxSubjects = 4096;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>True when the subject may be logged now; <paramref name="suppressed"/> counts the lines left out since the last one.</summary>
    public bool TryPass(string subject, out long suppressed)
    {
        if (_entries.Count >= MaxSubjects)
        {
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd(subject, static _ => new Entry());
        lock (entry)
        {
            if (entry.Last is { } last && timeProvider.GetElapsedTime(last) < Interval)
            {
                entry.Suppressed++;
                suppressed = 0;
                return false;
            }

            suppressed = entry.Suppressed;
            entry.Last = timeProvider.GetTimestamp();
            entry.Suppressed = 0;
            return true;
        }
    }

    private sealed class Entry
    {
        public long? Last { get; set; }

        public long Suppressed { get; set; }
    }
}
