using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Children;
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
        _settled.Keep(ExporterOf(), "1", Fine);

        Assert.Same(Fine, _settled.Find(ExporterOf(), "1"));
        Assert.Null(_settled.Find(ExporterOf(), "2"));
        Assert.Null(_settled.Find(ExporterOf(generation: 2), "1"));

        _time.Advance(Lifetime);
        Assert.Null(_settled.Find(ExporterOf(), "1"));
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
            _settled.Keep(ExporterOf(), "1", Fine);
            _settled.Keep(ExporterOf(), "1", outcome);

            Assert.Null(_settled.Find(ExporterOf(), "1"));
        }
    }

    private static SentryExporter ExporterOf(long generation = 1) =>
        new() { Metadata = new V1ObjectMeta { Name = "main", Namespace = "shop", Uid = "1", Generation = generation } };
}
