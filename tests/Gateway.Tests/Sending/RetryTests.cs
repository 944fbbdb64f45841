using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Sending;

public sealed class RetryTests
{
    private static readonly SendOutcome Unavailable = new(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero);

    [Fact]
    public async Task Failed_batch_is_sent_again_after_growing_pauses_as_the_same_bytes()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        var failures = 3;
        rig.Sender.Answer = (_, _) => failures-- > 0 ? Unavailable : ScriptedSender.Sent;
        rig.Ingest(Requests.Spans("orders", 4));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Single(rig.Sender.Attempts);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, rig.Sender.Attempts.Count);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(5 + 7.5 + 11.25));

        Assert.Equal(4, rig.Sender.Attempts.Count);
        Assert.Single(rig.Sender.Attempts.Select(attempt => Convert.ToHexString(attempt.Request)).Distinct());
        Assert.Equal(4, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Batch_is_given_up_when_the_elapsed_time_is_over()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Unavailable;
        rig.Ingest(Requests.Spans("orders", 4));

        await rig.AdvanceAsync(TimeSpan.FromMinutes(6));

        Assert.Equal(4, rig.Balance("orders").DroppedFor(DropReason.RetriesExhausted));
    }

    [Fact]
    public async Task Disabled_retry_drops_after_the_first_failure()
    {
        using var rig = new Rig(retry: new RetryConfiguration { Enabled = false });
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Unavailable;
        rig.Ingest(Requests.Spans("orders", 4));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Single(rig.Sender.Attempts);
        Assert.Equal(4, rig.Balance("orders").DroppedFor(DropReason.RetryDisabled));
    }

    [Fact]
    public async Task Pause_is_at_least_what_the_destination_asked_for()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Unavailable with { RetryAfter = TimeSpan.FromSeconds(100) };
        rig.Ingest(Requests.Spans("orders", 4));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(99));

        Assert.Single(rig.Sender.Attempts);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(2, rig.Sender.Attempts.Count);
    }

    [Fact]
    public async Task Project_that_fails_for_ever_does_not_delay_another()
    {
        // given a project with data in many batches whose destination never takes any
        using var rig = new Rig(new QueueConfiguration { Consumers = 2 });
        rig.Routes.Activate("broken");
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (project, _) => project == "broken" ? Unavailable : ScriptedSender.Sent;
        for (var i = 0; i < 20; i++)
        {
            rig.Ingest(Requests.Spans("broken", 10, $"b{i}"));
            await rig.AdvanceAsync(TimeSpan.FromMilliseconds(250));
        }

        // when another project gets data all along
        for (var i = 0; i < 50; i++)
        {
            rig.Ingest(Requests.Spans("orders", 1, $"o{i}"));
            await rig.AdvanceAsync(TimeSpan.FromMilliseconds(200));

            // then each is there as soon as its batch's time is over
            Assert.Equal(i + 1, rig.Balance("orders").Sent);
        }
    }

    [Fact]
    public async Task Hanging_project_holds_only_a_part_of_the_senders()
    {
        // given two senders and a project that answers once with an error and then hangs
        using var rig = new Rig(new QueueConfiguration { Consumers = 2, ConsumersPerProject = 1 });
        rig.Routes.Activate("hanging");
        rig.Routes.Activate("orders");
        using var release = new ManualResetEventSlim();
        var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        rig.Sender.Answer = (project, _) =>
        {
            if (project == "hanging" && Interlocked.Increment(ref attempts) > 1)
            {
                hung.TrySetResult();
                release.Wait(TestContext.Current.CancellationToken);
            }

            return project == "hanging" ? Unavailable : ScriptedSender.Sent;
        };
        rig.Ingest(Requests.Spans("hanging", 1));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        // when it hangs and another project gets data
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        await hung.Task.WaitAsync(TestContext.Current.CancellationToken);
        rig.Ingest(Requests.Spans("orders", 5));
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        // then that is sent
        await SentryOtel.Testing.Eventually.HoldsAsync(
            () => rig.Balance("orders").Sent == 5, TimeSpan.FromSeconds(20), "the other project's data", TestContext.Current.CancellationToken);
        release.Set();
        await rig.Pipeline.WhenIdleAsync();
    }

    [Fact]
    public async Task Rejected_project_is_looked_up_anew_and_its_data_flow_with_the_new_key()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.ProjectRejected, 403, "ProjectId", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 3));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.Single(rig.Sender.Attempts);
        Assert.Equal(["orders"], rig.Routes.Rechecked);
        Assert.Equal(HoldReason.ProjectRejected, Assert.Single(rig.Pipeline.Queues.All).Read().Hold);

        rig.Sender.Answer = (_, _) => ScriptedSender.Sent;
        rig.Routes.Activate("orders", FixedRoutes.Target("orders", key: "fedcba9876543210fedcba9876543210"));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(3, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Rejected_project_without_a_new_address_is_tried_again_after_a_minute()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.ProjectRejected, 403, "ProjectId", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 3));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(150));

        Assert.Equal(3, rig.Sender.Attempts.Count);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.ProjectRejected));
    }
}
