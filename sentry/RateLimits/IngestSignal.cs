namespace SentryOtel.Sentry.RateLimits;

/// <summary>What Sentry's OTLP ingest takes.</summary>
public enum IngestSignal
{
    /// <summary>Spans.</summary>
    Traces,

    /// <summary>Log records.</summary>
    Logs,
}
