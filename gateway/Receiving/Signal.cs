namespace SentryOtel.Gateway.Receiving;

/// <summary>The kinds of telemetry that OTLP carries.</summary>
internal enum Signal
{
    /// <summary>Spans.</summary>
    Traces,

    /// <summary>Log records.</summary>
    Logs,

    /// <summary>Data points. Sentry's OTLP endpoint takes none.</summary>
    Metrics,
}
