using SentryOtel.Cluster.Objects;

namespace SentryOtel.Cluster.Probes;

/// <summary>Asks a probe at its period and reports each change of its verdict, after as many answers as its thresholds want.</summary>
internal static class ProbeLoop
{
    /// <param name="probe">Delays and thresholds.</param>
    /// <param name="http">What to ask.</param>
    /// <param name="verdict">Called with true or false whenever the verdict changes; the first failure counts as a change.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    internal static async Task RunAsync(Probe probe, HttpProbe http, Action<bool, string> verdict, CancellationToken cancellationToken)
    {
        bool? last = null;
        var (successes, failures) = (0, 0);
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds), cancellationToken);
        while (true)
        {
            var problem = await http.AskAsync(cancellationToken);
            (successes, failures) = problem is null ? (successes + 1, 0) : (0, failures + 1);
            if (last != true && successes >= probe.SuccessThreshold)
            {
                verdict(true, string.Empty);
                last = true;
            }
            else if (last != false && failures >= probe.FailureThreshold)
            {
                verdict(false, problem ?? string.Empty);
                last = false;
            }
            await Task.Delay(TimeSpan.FromSeconds(probe.PeriodSeconds), cancellationToken);
        }
    }
}
