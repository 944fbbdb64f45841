using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Gateways;

/// <summary>Leases that a gateway writes, and such as anybody with a gateway's account can write.</summary>
public sealed class GatewayLeasesTests
{
    private static readonly SentryExporter Exporter = new() { Metadata = new V1ObjectMeta { Name = "main", Namespace = "ns" } };

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(-14, 15, true)]
    [InlineData(-15, 15, false)]
    [InlineData(-16, 15, false)]
    [InlineData(5, 15, true)]
    public void A_gateway_lives_until_its_Lease_runs_out(int renewed, int duration, bool lives) =>
        Assert.Equal(lives ? 1 : 0, Live(_clock.GetUtcNow().AddSeconds(renewed), duration));

    [Fact]
    public void The_ends_of_the_calendar_are_no_failure()
    {
        Assert.Equal(1, Live(DateTimeOffset.MaxValue, int.MaxValue));
        Assert.Equal(0, Live(DateTimeOffset.MinValue, int.MaxValue));
        Assert.Equal(0, Live(DateTimeOffset.MinValue, int.MinValue));
    }

    [Theory]
    [InlineData("main-gateway-7d9f-x2x4z", true)]
    [InlineData("main.gateway-0", true)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("a..b", false)]
    [InlineData("%2e%2e", false)]
    [InlineData("Upper", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a?b=c", false)]
    [InlineData("a\nb", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_holder_that_can_not_be_a_pod_is_no_gateway(string? holder, bool isPod) =>
        Assert.Equal(isPod, LiveGateway.Of(Lease(_clock.GetUtcNow(), 15, holder)) is not null);

    [Fact]
    public void A_name_longer_than_any_pods_is_no_gateway() =>
        Assert.Null(LiveGateway.Of(Lease(_clock.GetUtcNow(), 15, new string('a', 254))));

    [Fact]
    public void A_Lease_that_claims_the_uid_of_a_pod_elsewhere_is_of_another_gateway()
    {
        var own = new LiveGateway(new ObjectKey("ns", "main-gateway-0"), "uid");

        Assert.NotEqual(own.Id, new LiveGateway(new ObjectKey("elsewhere", "main-gateway-0"), "uid").Id);
        Assert.NotEqual(own.Id, new LiveGateway(own.Pod, "another").Id);
        Assert.Equal(own.Id, new LiveGateway(own.Pod, "uid").Id);
    }

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(1, true, 0)]
    [InlineData(3, false, 1)]
    [InlineData(3, true, 1)]
    public void A_young_pod_of_a_shared_gateway_that_speaks_of_others_only_counts_unless_all_served_the_exporter_before(int age, bool isServed, int silent)
    {
        // Given two pods of a shared gateway, of which the first does not speak of the guest
        var guest = new SentryExporter { Metadata = new V1ObjectMeta { Name = "guest", Namespace = "ns" } };
        var leases = new TestStore<V1Lease>(Speaking("main", "old", age), Speaking("main", "new", age), Speaking("guest", "new", age));

        // When the guest asks, then the first is silent
        Assert.Equal((1, silent), new GatewayLeases(leases, _clock).OfShared(guest, [Exporter, guest], isServed));
    }

    private V1Lease Speaking(string exporter, string pod, int age)
    {
        var lease = Lease(_clock.GetUtcNow(), 15, $"{Naming.SharedGateway}-{pod}");
        lease.Metadata.Name = $"{exporter}-{pod}";
        lease.Metadata.Labels![SentryOtelGroup.ExporterLabel] = exporter;
        lease.Spec!.AcquireTime = _clock.GetUtcNow().AddSeconds(-age);
        return lease;
    }

    private int Live(DateTimeOffset renewed, int duration) =>
        new GatewayLeases(new TestStore<V1Lease>(Lease(renewed, duration)), _clock).Live(Exporter).Count();

    private static V1Lease Lease(DateTimeOffset renewed, int duration, string? holder = "main-gateway-0") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "lease",
            Namespace = "ns",
            Labels = new Dictionary<string, string> { [SentryOtelGroup.ExporterLabel] = "main", ["app.kubernetes.io/component"] = "gateway" },
        },
        Spec = new V1LeaseSpec { HolderIdentity = holder, RenewTime = renewed, LeaseDurationSeconds = duration },
    };
}
