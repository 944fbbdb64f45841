using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.Tests.Gateways;

/// <summary>What a shared gateway's pods mean for one exporter.</summary>
public sealed class SharedGatewayStateTests
{
    private static readonly SentryExporter Host = Exporter("host");
    private static readonly SentryExporter Guest = Exporter("guest");
    private static readonly GatewayState Running = new(
        new ConditionState(ConditionStatus.True, GatewayReasons.PodsReady, "2 of 2 gateway pods are ready"), new ConditionState(ConditionStatus.False, GatewayReasons.RolloutComplete, "done"), 2, 2, 2);

    [Theory]
    [InlineData(false, 2, 0, "True", "PodsReady")]
    [InlineData(false, 1, 1, "False", "NotServedYet")]
    [InlineData(false, 0, 0, "False", "NotServedYet")]
    [InlineData(true, 0, 0, "True", "PodsReady")]
    [InlineData(true, 2, 1, "True", "PodsReady")]
    public void An_exporter_is_available_when_every_pod_serves_it(bool isRolledOut, int serving, int silent, string status, string reason)
    {
        var available = Of(Running, Guest, isRolledOut, (serving, silent)).Available;

        Assert.Equal((status, reason), (available.Status, available.Reason));
    }

    [Fact]
    public void A_guest_is_told_whose_settings_the_gateway_has()
    {
        var missing = Running with { Available = new ConditionState(ConditionStatus.False, GatewayReasons.GatewayNotFound, "the gateway is not rolled out yet") };

        Assert.Contains("SentryExporter ns/host", Of(Running, Guest).Available.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("host", Of(Running, Host).Available.Message, StringComparison.Ordinal);
        Assert.Equal("NotServedYet", Of(missing, Guest).Available.Reason);
        Assert.Equal("GatewayNotFound", Of(missing, Host).Available.Reason);
        var other = Exporter("guest");
        other.Spec.Routing.ProjectFromAttribute = "service.namespace";
        Assert.Contains("make them the same", Of(missing, other).Available.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_the_gateway_up_is_said_and_does_not_make_it_unavailable()
    {
        var state = Of(Running, Host, heldBackBy: "SentryExporter ns/guest: Secret ns/ca does not exist");

        Assert.Equal((ConditionStatus.True, ConditionStatus.False, "HeldBack"), (state.Available.Status, state.Progressing.Status, state.Progressing.Reason));
        Assert.Contains("ns/guest", state.Progressing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 32)]
    [InlineData("20Mi", 1)]
    [InlineData("100Mi", 5)]
    [InlineData("10Gi", 32)]
    public void On_disk_there_is_room_for_so_many_queues(string? volume, int expected)
    {
        var host = Exporter("host");
        host.Spec.Queue = volume is null ? new QueueSpec() : new QueueSpec { Storage = QueueStorage.Disk, VolumeClaim = new VolumeClaimSpec { Size = volume } };

        Assert.Equal(expected, GatewayGuests.Capacity(host));
    }

    private static GatewayState Of(GatewayState state, SentryExporter exporter, bool isRolledOut = true, (int Serving, int Silent) pods = default, string? heldBackBy = null) =>
        SharedGatewayState.Of(state, new GatewayWorkload { Kind = "Deployment", Name = "shared", Wanted = 2, IsComplete = isRolledOut }, exporter, Host, pods, heldBackBy);

    private static SentryExporter Exporter(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "ns", Uid = name },
        Spec = new SentryExporterSpec { Gateway = new GatewaySpec { Shared = true } },
    };
}
