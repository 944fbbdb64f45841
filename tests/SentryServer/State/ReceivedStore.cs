using System.Collections.Immutable;

namespace SentryOtel.SentryServer.State;

/// <summary>The spans and log records that arrived. The newest are kept, up to a bound; totals are exact.</summary>
public sealed class ReceivedStore
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly Queue<ReceivedSpan> _spans = new();
    private readonly Queue<ReceivedLog> _logs = new();
    private readonly Queue<DroppedAsync> _dropped = new();
    private readonly Dictionary<string, ProjectTotals> _totals = new(StringComparer.Ordinal);
    private long _forgotten;

    internal ReceivedStore(int capacity) => _capacity = capacity;

    /// <summary>How many items no longer are in the lists because the bound was reached.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <summary>The spans, oldest first; of one project when its slug is given.</summary>
    public ImmutableArray<ReceivedSpan> Spans(string? project = null)
    {
        lock (_gate)
        {
            return [.. _spans.Where(span => project is null || span.Arrival.ProjectSlug == project)];
        }
    }

    /// <summary>The log records, oldest first; of one project when its slug is given.</summary>
    public ImmutableArray<ReceivedLog> Logs(string? project = null)
    {
        lock (_gate)
        {
            return [.. _logs.Where(log => project is null || log.Arrival.ProjectSlug == project)];
        }
    }

    /// <summary>What was answered with success and thrown away, oldest first; of one project when its slug is given.</summary>
    public ImmutableArray<DroppedAsync> Dropped(string? project = null)
    {
        lock (_gate)
        {
            return [.. _dropped.Where(drop => project is null || drop.Project == project)];
        }
    }

    /// <summary>The totals of every project that received or lost something, by slug.</summary>
    public IReadOnlyDictionary<string, ProjectTotals> Totals()
    {
        lock (_gate)
        {
            return new Dictionary<string, ProjectTotals>(_totals, StringComparer.Ordinal);
        }
    }

    /// <summary>The totals of one project.</summary>
    public ProjectTotals TotalsOf(string project)
    {
        lock (_gate)
        {
            return _totals.GetValueOrDefault(project, ProjectTotals.None);
        }
    }

    /// <summary>Forgets everything, totals too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _spans.Clear();
            _logs.Clear();
            _dropped.Clear();
            _totals.Clear();
            _forgotten = 0;
        }
    }

    internal void Add(string project, int bytes, DateTimeOffset at, IReadOnlyCollection<ReceivedSpan> spans, IReadOnlyCollection<ReceivedLog> logs, IReadOnlyCollection<DroppedAsync> dropped)
    {
        lock (_gate)
        {
            var before = _totals.GetValueOrDefault(project, ProjectTotals.None);
            _totals[project] = new ProjectTotals(
                before.Spans + spans.Count,
                before.Logs + logs.Count,
                before.Requests + 1,
                before.Bytes + bytes,
                before.Lost + dropped.Sum(drop => (long)drop.Items),
                at);
            Append(_spans, spans);
            Append(_logs, logs);
            Append(_dropped, dropped);
        }
    }

    private void Append<T>(Queue<T> queue, IReadOnlyCollection<T> items)
    {
        foreach (var item in items)
        {
            if (queue.Count == _capacity)
            {
                queue.Dequeue();
                _forgotten++;
            }

            queue.Enqueue(item);
        }
    }
}
