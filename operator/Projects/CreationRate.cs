using SentryOtel.Crds;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Spreads the projects that an exporter creates by itself over time: as many as in a minute at once, from then on one after the other. Who has to wait
/// is given a turn and keeps it. What is remembered is bounded by <c>projects.maxAutoCreated</c>, which comes first.
/// </summary>
internal sealed class CreationRate(TimeProvider timeProvider)
{
    /// <summary>How long a turn is kept for a route that does not come: it may be gone, or Sentry may be.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly long _start = timeProvider.GetTimestamp();

    private TimeSpan Now => timeProvider.GetElapsedTime(_start);

    /// <summary>Takes a turn, unless the route has one. Zero when it has come, else how long it is until it comes.</summary>
    public TimeSpan Reserve(SentryExporter exporter, SentryProjectRoute route)
    {
        lock (_gate)
        {
            var (now, perMinute) = (Now, exporter.Spec.Projects.MaxCreatedPerMinute);
            if (!_lines.TryGetValue(exporter.Metadata.Uid!, out var line) || line.PerMinute != perMinute)
            {
                // With another rate everybody is given another turn. What is as good as new need not be kept: the exporter may be gone.
                foreach (var (other, idle) in _lines)
                {
                    if (idle.IsAsNew(now))
                    {
                        _lines.Remove(other);
                    }
                }

                _lines[exporter.Metadata.Uid!] = line = new Line(perMinute);
            }

            var turn = line.TurnOf(route.Metadata.Uid!, now);
            return turn > now ? turn - now : TimeSpan.Zero;
        }
    }

    /// <summary>The route's project was created.</summary>
    public void Use(SentryExporter exporter, SentryProjectRoute route)
    {
        lock (_gate)
        {
            _lines.GetValueOrDefault(exporter.Metadata.Uid!)?.Remove(route.Metadata.Uid!);
        }
    }

    /// <summary>Nothing was created.</summary>
    public void Return(SentryExporter exporter, SentryProjectRoute route)
    {
        lock (_gate)
        {
            _lines.GetValueOrDefault(exporter.Metadata.Uid!)?.Return(route.Metadata.Uid!);
        }
    }

    private sealed class Line(int perMinute)
    {
        private readonly TimeSpan _interval = TimeSpan.FromMinutes(1) / perMinute;
        private readonly Dictionary<string, TimeSpan> _turns = new(StringComparer.Ordinal);

        // When a project would be created next if all were evenly spaced; whoever comes may be a minute ahead of it.
        private TimeSpan _even;

        public int PerMinute { get; } = perMinute;

        public bool IsAsNew(TimeSpan now) => _even <= now && _turns.Values.All(missed => missed + Patience < now);

        public TimeSpan TurnOf(string route, TimeSpan now)
        {
            if (_turns.TryGetValue(route, out var turn))
            {
                return turn;
            }

            foreach (var (other, missed) in _turns)
            {
                if (missed + Patience < now)
                {
                    _turns.Remove(other);
                }
            }

            _even = (_even > now ? _even : now) + _interval;
            return _turns[route] = _even - TimeSpan.FromMinutes(1);
        }

        public void Remove(string route) => _turns.Remove(route);

        public void Return(string route)
        {
            if (_turns.Remove(route))
            {
                _even -= _interval;
            }
        }
    }
}
