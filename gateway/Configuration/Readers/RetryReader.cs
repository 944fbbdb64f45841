using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>exporters.sentry.retry_on_failure</c>.</summary>
internal static class RetryReader
{
    public static RetryConfiguration Read(SectionReader? retry, QueueConfiguration queue)
    {
        // What is on disk is there to outlast an outage: its age is the bound.
        var otherwise = queue.Disk is null ? new RetryConfiguration() : new RetryConfiguration { MaxElapsedTime = TimeSpan.Zero };
        if (retry is null)
        {
            return otherwise;
        }

        var configuration = new RetryConfiguration
        {
            Enabled = retry.Flag("enabled", otherwise.Enabled),
            InitialInterval = retry.Duration("initial_interval", otherwise.InitialInterval, TimeSpan.FromMilliseconds(1)),
            MaxInterval = retry.Duration("max_interval", otherwise.MaxInterval, TimeSpan.FromMilliseconds(1)),
            MaxElapsedTime = retry.Duration("max_elapsed_time", otherwise.MaxElapsedTime, TimeSpan.Zero),
            Multiplier = retry.Fraction("multiplier", otherwise.Multiplier, 1, 100),
            RandomizationFactor = retry.Fraction("randomization_factor", otherwise.RandomizationFactor, 0, 1),
        };
        if (configuration.MaxElapsedTime > TimeSpan.Zero && configuration.MaxElapsedTime < configuration.InitialInterval)
        {
            retry.Error("max_elapsed_time", "must not be shorter than initial_interval.");
        }

        retry.Finish();
        return configuration;
    }
}
