using FsCheck;
using FsCheck.Fluent;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>Runs a check for many seeds; a failure names the signal and the seed that repeat it.</summary>
internal static class Seeds
{
    public static void ForEach(int count, Action<OtlpSignal, int> check, params OtlpSignal[] signals)
    {
        OtlpSignal[] all = signals.Length == 0 ? [OtlpSignal.Traces, OtlpSignal.Logs, OtlpSignal.Metrics] : signals;
        var cases = ArbMap.Default.ArbFor<int>().Generator
            .SelectMany(seed => Gen.Elements(all).Select(signal => (Signal: signal, Seed: seed)));
        var scattered = Gen.Choose(0, int.MaxValue - 1).SelectMany(seed => Gen.Elements(all).Select(signal => (Signal: signal, Seed: seed)));
        Prop.ForAll(Gen.OneOf(cases, scattered).ToArbitrary(), each => check(each.Signal, each.Seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count));
    }
}
