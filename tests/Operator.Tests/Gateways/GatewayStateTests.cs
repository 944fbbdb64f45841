using System.Text.Json;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.Tests.Gateways;

public sealed class GatewayStateTests
{
    [Fact]
    public void Without_a_workload_nothing_is_available()
    {
        var state = GatewayState.Of(null, null, []);

        Assert.Equal((ConditionStatus.False, "GatewayNotFound"), (state.Available.Status, state.Available.Reason));
    }

    [Fact]
    public void A_Deployment_whose_pods_all_run_the_present_template_is_complete()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 2, updated: 2, ready: 2, available: true)), null, []);

        Assert.Equal((ConditionStatus.True, "PodsReady"), (state.Available.Status, state.Available.Reason));
        Assert.Equal((ConditionStatus.False, "RolloutComplete"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.Equal((2, 2), (state.ReadyReplicas, state.WantedReplicas));
    }

    [Fact]
    public void A_status_of_an_older_spec_does_not_count_as_complete()
    {
        var deployment = Deployment(wanted: 1, updated: 1, ready: 1, available: true);
        deployment.Metadata.Generation = 9;

        var state = GatewayState.Of(GatewayWorkload.Of(deployment), null, []);

        Assert.Equal(ConditionStatus.True, state.Available.Status);
        Assert.Equal((ConditionStatus.True, "RollingOut"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.True(GatewayState.NeedsPods(GatewayWorkload.Of(deployment)));
    }

    [Fact]
    public void Old_pods_stay_available_while_new_ones_are_stuck_and_the_rollout_says_why()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Stuck()), null, [Waiting("new", "ImagePullBackOff", "no such image")]);

        Assert.Equal(ConditionStatus.True, state.Available.Status);
        Assert.Equal((ConditionStatus.False, "ImagePullBackOff"), (state.Progressing.Status, state.Progressing.Reason));
        Assert.StartsWith("pod new: ImagePullBackOff: the kubelet can not pull image example.test/gateway:1", state.Progressing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_that_is_stuck_and_no_pod_says_why_gives_the_Deployments_words()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Stuck()), null, []);

        Assert.Equal(new ConditionState(ConditionStatus.False, "ProgressDeadlineExceeded", "has timed out"), state.Progressing);
    }

    [Fact]
    public void What_hinders_a_pod_is_told_before_the_rollout_is_given_up()
    {
        var deployment = Deployment(wanted: 2, updated: 1, ready: 2, available: true, total: 3);

        var state = GatewayState.Of(GatewayWorkload.Of(deployment), null, [Waiting("new", "CrashLoopBackOff", "back-off 20s")]);

        Assert.Equal(
            new ConditionState(ConditionStatus.True, "RollingOut", "1 of 2 gateway pods run the present configuration; pod new: CrashLoopBackOff"),
            state.Progressing);
    }

    [Theory]
    [InlineData("ImagePullBackOff")]
    [InlineData("CrashLoopBackOff")]
    [InlineData("CreateContainerConfigError")]
    public void A_pod_that_can_not_start_gives_the_reason(string reason)
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [Waiting("p", reason, null)]);

        Assert.Equal((ConditionStatus.False, reason), (state.Available.Status, state.Available.Reason));
    }

    [Fact]
    public void A_container_that_ends_again_and_again_is_told_in_the_same_words_all_the_while()
    {
        var ended = new { terminated = new { exitCode = 137, reason = "OOMKilled" } };
        object[] states = [new { waiting = new { reason = "CrashLoopBackOff", message = "back-off 20s" } }, new { running = new { } }, new { waiting = new { reason = "CrashLoopBackOff", message = "back-off 40s" } }, ended];

        var told = states.Select(state => GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [Restarted(state, ended)]).Available);

        Assert.Equal(
            new ConditionState(ConditionStatus.False, "CrashLoopBackOff", "pod p: CrashLoopBackOff: container gateway ends again and again, last with exit code 137 (OOMKilled)"),
            Assert.Single(told.Distinct()));
    }

    [Theory]
    [InlineData(1, "2026-01-01T00:59:00Z")]
    [InlineData(2, "2026-01-01T00:00:00Z")]
    public void A_container_that_was_started_anew_once_or_after_a_long_while_is_no_problem(int restarts, string began)
    {
        var ended = new { terminated = new { exitCode = 137, startedAt = began, finishedAt = "2026-01-01T01:00:00Z" } };

        var state = GatewayState.Of(
            GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [Restarted(new { running = new { } }, ended, restarts)]);

        Assert.Equal("NoPodReady", state.Available.Reason);
    }

    [Fact]
    public void An_image_that_can_not_be_pulled_is_told_in_the_same_words_all_the_while()
    {
        var told = new[] { "ErrImagePull", "ImagePullBackOff" }.Select(reason => GatewayState.Of(
            GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [Waiting("p", reason, $"{reason} in 20s")]).Available);

        Assert.Equal(
            new ConditionState(ConditionStatus.False, "ImagePullBackOff", "pod p: ImagePullBackOff: the kubelet can not pull image example.test/gateway:1: see the pod's events"),
            Assert.Single(told.Distinct()));
    }

    [Fact]
    public void A_pod_that_is_starting_is_no_problem()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [Waiting("p", "ContainerCreating", null)]);

        Assert.Equal("NoPodReady", state.Available.Reason);
    }

    [Fact]
    public void Fewer_pods_than_the_workload_needs_to_be_available_are_too_few()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 3, updated: 3, ready: 1, available: false)), null, []);

        Assert.Equal((ConditionStatus.False, "TooFewPods"), (state.Available.Status, state.Available.Reason));
        Assert.Equal("only 1 of 3 gateway pods are ready", state.Available.Message);
    }

    [Fact]
    public void A_pod_that_no_node_takes_gives_the_schedulers_reason()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Status = new V1PodStatus { Conditions = [new V1Condition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/3 nodes" }] },
        };

        var state = GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 1, updated: 1, ready: 0, available: false)), null, [pod]);

        Assert.Equal(("Unschedulable", "pod p: Unschedulable: 0/3 nodes"), (state.Available.Reason, state.Available.Message));
    }

    [Fact]
    public void Scaled_to_zero_is_not_available()
    {
        Assert.Equal("ScaledToZero", GatewayState.Of(GatewayWorkload.Of(Deployment(wanted: 0, updated: 0, ready: 0, available: true)), null, []).Available.Reason);
    }

    [Fact]
    public void A_StatefulSet_that_rolls_one_pod_at_a_time_stays_available()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(StatefulSet(wanted: 3, updated: 1, ready: 2)), null, []);

        Assert.Equal((ConditionStatus.True, "PodsReady"), (state.Available.Status, state.Available.Reason));
        Assert.Equal((ConditionStatus.True, "RollingOut"), (state.Progressing.Status, state.Progressing.Reason));
    }

    [Fact]
    public void A_StatefulSet_whose_pod_can_not_start_says_why_since_nobody_gives_it_a_deadline()
    {
        var state = GatewayState.Of(GatewayWorkload.Of(StatefulSet(wanted: 3, updated: 1, ready: 2)), null, [Waiting("main-gateway-2", "ImagePullBackOff", "no such image")]);

        Assert.Equal(ConditionStatus.True, state.Available.Status);
        Assert.Equal((ConditionStatus.False, "ImagePullBackOff"), (state.Progressing.Status, state.Progressing.Reason));
    }

    [Fact]
    public void A_StatefulSet_with_all_pods_updated_is_complete()
    {
        var workload = GatewayWorkload.Of(StatefulSet(wanted: 2, updated: 2, ready: 2));

        Assert.Equal("RolloutComplete", GatewayState.Of(workload, null, []).Progressing.Reason);
        Assert.False(GatewayState.NeedsPods(workload));
    }

    [Fact]
    public void While_storage_is_switched_the_old_pods_keep_the_gateway_available()
    {
        var taking = GatewayWorkload.Of(StatefulSet(wanted: 2, updated: 2, ready: 0));
        var leaving = GatewayWorkload.Of(Deployment(wanted: 2, updated: 2, ready: 2, available: true));

        var state = GatewayState.Of(taking, leaving, []);

        Assert.Equal((ConditionStatus.True, "PodsReady"), (state.Available.Status, state.Available.Reason));
        Assert.Contains("Deployment main-gateway", state.Available.Message, StringComparison.Ordinal);
        Assert.Equal((ConditionStatus.True, "SwitchingStorage"), (state.Progressing.Status, state.Progressing.Reason));
    }

    private static V1StatefulSet StatefulSet(int wanted, int updated, int ready) => new()
    {
        Metadata = new V1ObjectMeta { Name = "main-gateway", Generation = 3 },
        Spec = new V1StatefulSetSpec { Replicas = wanted },
        Status = new V1StatefulSetStatus { ObservedGeneration = 3, Replicas = wanted, UpdatedReplicas = updated, ReadyReplicas = ready },
    };

    private static V1Deployment Stuck()
    {
        var deployment = Deployment(wanted: 1, updated: 1, ready: 1, available: true, total: 2);
        deployment.Status!.Conditions!.Add(new V1Condition { Type = "Progressing", Status = "False", Reason = "ProgressDeadlineExceeded", Message = "has timed out" });
        return deployment;
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

    private static V1Pod Restarted(object state, object before, int restarts = 3) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p" },
        Status = new V1PodStatus
        {
            ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "gateway",
                    RestartCount = restarts,
                    State = JsonSerializer.SerializeToElement(state),
                    LastState = JsonSerializer.SerializeToElement(before),
                },
            ],
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
                    Image = "example.test/gateway:1",
                    State = JsonSerializer.SerializeToElement(new { waiting = message is null ? (object)new { reason } : new { reason, message } }),
                },
            ],
        },
    };
}
