namespace SentryOtel.Cluster.Pods;

/// <summary>
/// How long a crashed container waits before it is started again. As with the kubelet the first restart comes at once and the
/// wait doubles then; the kubelet's own figures (10 s to 5 min) would make every test of a crash slow.
/// </summary>
/// <param name="Initial">The wait before the second restart.</param>
/// <param name="Longest">The longest wait.</param>
public sealed record RestartBackOff(TimeSpan Initial, TimeSpan Longest)
{
    /// <summary>One second to ten.</summary>
    public static RestartBackOff Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    internal Sequence Begin() => new(this);

    internal sealed class Sequence(RestartBackOff settings)
    {
        private TimeSpan _next = TimeSpan.Zero;

        /// <summary>The next wait; a container that ran twice the longest wait starts afresh.</summary>
        internal TimeSpan Next(TimeSpan ran)
        {
            var wait = ran > settings.Longest * 2 ? TimeSpan.Zero : _next;
            var doubled = wait == TimeSpan.Zero ? settings.Initial : wait * 2;
            _next = doubled < settings.Longest ? doubled : settings.Longest;
            return wait;
        }
    }
}
