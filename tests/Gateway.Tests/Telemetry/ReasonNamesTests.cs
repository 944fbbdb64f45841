using System.Text.RegularExpressions;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Telemetry;

public sealed partial class ReasonNamesTests
{
    [Fact]
    public void Every_reason_has_a_label_value_of_its_own()
    {
        Check(Enum.GetValues<DropReason>().Select(reason => reason.Name()));
        Check(Enum.GetValues<RejectReason>().Select(reason => reason.Name()));
        Check(Enum.GetValues<RefusalReason>().Select(reason => reason.Name()));
        Check(Enum.GetValues<IngestOutcomeKind>().Select(kind => kind.Name()));
        Check(Enum.GetValues<SendOutcomeKind>().Select(kind => kind.Name()));
        Check(Enum.GetValues<OtlpSignal>().Select(signal => signal.Name()));
        Check(Enum.GetValues<HoldReason>().Where(reason => reason != HoldReason.None).Select(reason => reason.Name()!));
    }

    private static void Check(IEnumerable<string> names)
    {
        var all = names.ToArray();
        Assert.Distinct(all);
        Assert.All(all, name => Assert.Matches(LabelValue(), name));
    }

    [GeneratedRegex("^[a-z][a-z_]*$")]
    private static partial Regex LabelValue();
}
