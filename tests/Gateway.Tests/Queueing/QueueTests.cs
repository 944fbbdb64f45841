using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Queueing;

public sealed class QueueTests
{
    [Fact]
    public async Task Batch_is_sent_when_its_time_is_over_with_everything_that_came_in_it()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Ingest(Requests.Traces(("orders", ["a", "b"])));
        rig.Ingest(Requests.Traces(("orders", ["c"])));

        await rig.AdvanceAsync(TimeSpan.FromMilliseconds(199));
        Assert.Empty(rig.Sender.Attempts);
        await rig.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        var sent = Assert.Single(rig.Sender.Attempts);
        Assert.Equal(["a", "b", "c"], Requests.SpanNames(sent.Request));
        Assert.Equal(3, rig.Balance("orders").Sent);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Batch_that_reaches_its_size_does_not_wait()
    {
        using var rig = new Rig(batch: new BatchConfiguration(TimeSpan.FromHours(1), 2, 0));
        rig.Routes.Activate("orders");

        rig.Ingest(Requests.Spans("orders", 2));
        await rig.Pipeline.WhenIdleAsync();

        Assert.Equal(2, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Request_beyond_the_batch_bounds_is_cut_into_several()
    {
        using var rig = new Rig(batch: new BatchConfiguration(TimeSpan.FromMilliseconds(200), 10, 10));
        rig.Routes.Activate("orders");

        rig.Ingest(Requests.Spans("orders", 25));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(3, rig.Sender.Attempts.Count);
        Assert.All(rig.Sender.Attempts, attempt => Assert.InRange(Requests.SpanNames(attempt.Request).Count, 1, 10));
        Assert.Equal(25, rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)).Distinct().Count());
    }

    [Fact]
    public async Task Log_requests_hold_at_most_a_thousand_records()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");

        rig.Ingest(Requests.Logs("orders", [.. Enumerable.Range(0, 2500).Select(i => $"line {i}")]), OtlpSignal.Logs);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(3, rig.Sender.Attempts.Count);
        Assert.Equal(2500, rig.Balance("orders", OtlpSignal.Logs).Sent);
    }

    [Fact]
    public async Task One_request_of_many_services_goes_to_each_project_once()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Routes.Activate("billing");

        rig.Ingest(Requests.Traces(("orders", ["o1"]), ("billing", ["b1"]), ("orders", ["o2"])));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["o1", "o2"], Requests.SpanNames(Assert.Single(rig.Sender.AttemptsOf("orders"))));
        Assert.Equal(["b1"], Requests.SpanNames(Assert.Single(rig.Sender.AttemptsOf("billing"))));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Full_queue_refuses_with_a_time_and_takes_nothing()
    {
        var request = Requests.Spans("orders", 10);
        using var rig = new Rig(new QueueConfiguration { MaxBytesPerProject = request.Length + 1 }, batch: new BatchConfiguration(TimeSpan.FromMinutes(1), 1000, 0));
        rig.Routes.Activate("orders");

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(request).Kind);
        var refused = rig.Ingest(request);

        Assert.Equal(IngestOutcomeKind.Full, refused.Kind);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Equal(10, rig.Balance("orders").Accepted);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(request).Kind);
    }

    [Fact]
    public void Full_queue_of_one_project_does_not_keep_the_others_of_a_request_out()
    {
        var big = Requests.Spans("orders", 10);
        using var rig = new Rig(new QueueConfiguration { MaxBytesPerProject = big.Length + 1 }, batch: new BatchConfiguration(TimeSpan.FromMinutes(1), 1000, 0));
        rig.Routes.Activate("orders");
        rig.Routes.Activate("billing");
        rig.Ingest(big);

        var outcome = rig.Ingest(Requests.Traces(("orders", ["o"]), ("billing", ["b"])));

        Assert.Equal(IngestOutcomeKind.Partial, outcome.Kind);
        Assert.Equal(1, outcome.Rejected);
        Assert.Contains("orders is full", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(1, rig.Balance("billing").Accepted);
        Assert.Equal(1, Assert.Single(rig.Accounts.Rejected, entry => entry.Key.Reason == RejectReason.QueueFull).Value.Items);
    }

    [Fact]
    public async Task Missing_attribute_is_rejected_with_a_count_and_the_rest_is_taken()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");

        var outcome = rig.Ingest(Requests.Traces((null, ["x", "y"]), ("orders", ["a"])));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((IngestOutcomeKind.Partial, 2L), (outcome.Kind, outcome.Rejected));
        Assert.Contains("service.name", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(1, rig.Balance("orders").Sent);
        Assert.Equal(2, Assert.Single(rig.Accounts.Rejected, entry => entry.Key.Reason == RejectReason.MissingAttribute).Value.Items);
    }

    [Fact]
    public void Bytes_that_are_no_request_are_invalid_and_nothing_is_kept()
    {
        using var rig = new Rig();

        var outcome = rig.Ingest([0x0A, 0x7F, 0x01]);

        Assert.Equal(IngestOutcomeKind.Invalid, outcome.Kind);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public void Empty_request_is_a_success()
    {
        using var rig = new Rig();

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest([]).Kind);
    }

    [Fact]
    public async Task Data_older_than_the_bound_are_dropped_with_the_reason()
    {
        using var rig = new Rig(new QueueConfiguration { MaxAge = TimeSpan.FromMinutes(2) }, new RetryConfiguration { RandomizationFactor = 0, MaxElapsedTime = TimeSpan.Zero });
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 3));

        await rig.AdvanceAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.Expired));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Data_that_a_limit_holds_for_longer_than_the_bound_are_dropped_for_the_limit()
    {
        using var rig = new Rig(new QueueConfiguration { MaxAge = TimeSpan.FromMinutes(2) });
        rig.Routes.Activate("orders");
        var target = FixedRoutes.Target("orders");
        rig.RateLimits.Apply(target.PublicKey, target.Organization, 429, ["600:span:project:quota"], null);
        rig.Ingest(Requests.Spans("orders", 3));

        await rig.AdvanceAsync(TimeSpan.FromMinutes(3));

        Assert.Empty(rig.Sender.Attempts);
        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.RateLimited));
    }

    [Fact]
    public async Task Drain_sends_what_is_queued_without_waiting_for_company()
    {
        using var rig = new Rig(batch: new BatchConfiguration(TimeSpan.FromHours(1), 1000, 0));
        rig.Routes.Activate("orders");
        rig.Ingest(Requests.Spans("orders", 3));

        await rig.Pipeline.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Drain_that_runs_out_of_time_drops_the_rest_as_shutdown()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 3));
        rig.Ingest(Requests.Spans("unknown", 2));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        await rig.Pipeline.DrainAsync(new CancellationToken(canceled: true));

        rig.AssertBalanced();
        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.Shutdown));
        Assert.Equal(2, rig.Balance("unknown").DroppedFor(DropReason.Shutdown));
        Assert.Equal(0, rig.Admission.Reserved);
    }
}
