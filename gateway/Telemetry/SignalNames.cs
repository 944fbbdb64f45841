using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Signals as label values, named as pipelines are.</summary>
internal static class SignalNames
{
    public static string Name(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "traces",
        OtlpSignal.Logs => "logs",
        OtlpSignal.Metrics => "metrics",
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };
}
