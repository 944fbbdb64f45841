using System.Text.Json;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.Tests.Gateways;

public sealed class GatewayStateTests
{
    [Fact]
    public void Without_a_Deployment_nothing_is_available()
    {
        var state = GatewayState.Of(null, []);

        Assert.Equal((ConditionStatus.False, "DeploymentNotFound"), (state.Available.Status, state.Available.Reason));
    }

    [Fact]
    public void A_Deployment_whose_pods_all_run_the_present_template_is_complete()
    {
        var state = GatewayState.Of(Deployment(wanted: 2, updated: 2, ready: 2, available: true), []);

        Assert.Equal((ConditionStatus.True, "PodsReady"), (state.Available.Status, state.Available.Reason));
        Assert.Equal((ConditionStatus.False, "RolloutComplete"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.Equal((2, 2), (state.ReadyReplicas, state.WantedReplicas));
    }

    [Fact]
    public void A_status_of_an_older_spec_does_not_count_as_complete()
    {
        var deployment = Deployment(wanted: 1, updated: 1, ready: 1, available: true);
        deployment.Metadata.Generation = 9;

        var state = GatewayState.Of(deployment, []);

        Assert.Equal(ConditionStatus.True, state.Available.Status);
        Assert.Equal((ConditionStatus.True, "RollingOut"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.True(GatewayState.NeedsPods(deployment));
    }

    [Fact]
    public void Old_pods_stay_available_while_new_ones_are_stuck_and_the_rollout_says_why()
    {
        var deployment = Deployment(wanted: 1, updated: 1, ready: 1, available: true, total: 2);
        deployment.Status!.Conditions!.Add(new V1Condition { Type = "Progressing", Status = "False", Reason = "ProgressDeadlineExceeded" });

        var state = GatewayState.Of(deployment, [Waiting("new", "ImagePullBackOff", "no such image")]);

        Assert.Equal(ConditionStatus.True, state.Available.Status);
        Assert.Equal((ConditionStatus.False, "ProgressDeadlineExceeded"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.Equal("pod new: no such image", state.Progressing.Message);
    }

    [Theory]
    [InlineData("ImagePullBackOff")]
    [InlineData("CrashLoopBackOff")]
    [InlineData("CreateContainerConfigError")]
    public void A_pod_that_can_not_start_gives_the_reason(string reason)
    {
        var state = GatewayState.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false), [Waiting("p", reason, null)]);

        Assert.Equal((ConditionStatus.False, reason), (state.Available.Status, state.Available.Reason));
    }

    [Fact]
    public void A_pod_that_is_starting_is_no_problem()
    {
        var state = GatewayState.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false), [Waiting("p", "ContainerCreating", null)]);

        Assert.Equal("NoPodReady", state.Available.Reason);
    }

    [Fact]
    public void A_pod_that_no_node_takes_gives_the_schedulers_reason()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Status = new V1PodStatus { Conditions = [new V1Condition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/3 nodes" }] },
        };

        var state = GatewayState.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false), [pod]);

        Assert.Equal(("Unschedulable", "pod p: 0/3 nodes"), (state.Available.Reason, state.Available.Message));
    }

    [Fact]
    public void Scaled_to_zero_is_not_available()
    {
        Assert.Equal("ScaledToZero", GatewayState.Of(Deployment(wanted: 0, updated: 0, ready: 0, available: true), []).Available.Reason);
    }

    private static V1Deployment Deployment(int wanted, int updated, int ready, bool available, int? total = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "main-gateway", Generation = 3 },
        Spec = new V1DeploymentSpec { Replicas = wanted },
        Status = new V1DeploymentStatus
        {
            ObservedGeneration = 3,
            Replicas = total ?? wanted,
            UpdatedReplicas = updated,
            ReadyReplicas = ready,
            AvailableReplicas = ready,
            Conditions = [new V1Condition { Type = "Available", Status = ConditionStatus.Of(available) }],
        },
    };

    private static V1Pod Waiting(string name, string reason, string? message) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Status = new V1PodStatus
        {
            ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    State = JsonSerializer.SerializeToElement(new { waiting = message is null ? (object)new { reason } : new { reason, message } }),
                },
            ],
        },
    };
}
