using SentryOtel.Operator.Children;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Tests.Manifests;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Children;

/// <summary>When children need not be read again.</summary>
public sealed class SettledChildrenTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly ChildrenOutcome Fine = new(null, []);

    private readonly FakeTimeProvider _time = new();
    private readonly SettledChildren _settled;

    public SettledChildrenTests() => _settled = new SettledChildren(Lifetime, _time);

    [Fact]
    public void What_was_fine_holds_while_its_inputs_do_and_not_for_ever()
    {
        _settled.Keep(TestExporters.Minimal, "1", Fine);

        Assert.Same(Fine, _settled.Find(TestExporters.Minimal, "1"));
        Assert.Null(_settled.Find(TestExporters.Minimal, "2"));
        Assert.Null(_settled.Find(TestExporters.Minimal with { Versions = new ServedVersions(null, null) }, "1"));

        _time.Advance(Lifetime);
        Assert.Null(_settled.Find(TestExporters.Minimal, "1"));
    }

    [Fact]
    public void What_is_not_settled_or_was_just_written_is_looked_at_again()
    {
        ChildrenOutcome[] outcomes =
        [
            new("ConfigMap shop/main-gateway", []), new(null, ["ServiceMonitor"]), Fine with { Leaving = "Deployment" }, Fine with { ForeignAutoscaler = "theirs" },
            Fine with { LeftClaims = ["queue-main-gateway-0"] }, Fine with { HasWritten = true },
        ];
        foreach (var outcome in outcomes)
        {
            _settled.Keep(TestExporters.Minimal, "1", Fine);
            _settled.Keep(TestExporters.Minimal, "1", outcome);

            Assert.Null(_settled.Find(TestExporters.Minimal, "1"));
        }
    }
}
