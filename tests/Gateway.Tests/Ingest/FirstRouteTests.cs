using System.Buffers;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Tests.Ingest;

/// <summary>Two exporters behind one pipeline, of which each resource goes to one.</summary>
public sealed class FirstRouteTests : IDisposable
{
    private readonly Rig _host = new();
    private readonly Rig _guest = new();

    [Fact]
    public async Task Each_service_of_a_request_goes_to_the_exporter_that_has_its_route_exactly_once()
    {
        _host.Routes.Activate("orders");
        _guest.Routes.Activate("carts");

        var outcome = await SendAsync(Requests.Traces(("orders", ["a", "b"]), ("carts", ["c"]), ("orders", ["d"])));
        await AdvanceAsync();

        Assert.Equal(IngestOutcomeKind.Accepted, outcome.Kind);
        Assert.Equal(["a", "b", "d"], Sent(_host, "orders"));
        Assert.Equal(["c"], Sent(_guest, "carts"));
        Assert.Equal((0, 0), (_host.Balance("carts").Accepted, _guest.Balance("orders").Accepted));
        Assert.Equal(0, _host.Admission.Reserved + _guest.Admission.Reserved);
    }

    [Fact]
    public async Task The_first_exporter_wins_where_both_have_a_route()
    {
        _host.Routes.Activate("orders");
        _guest.Routes.Activate("orders");

        await SendAsync(Requests.Spans("orders", 3));
        await AdvanceAsync();

        Assert.Equal((3, 0), (_host.Balance("orders").Sent, _guest.Balance("orders").Accepted));
    }

    [Fact]
    public async Task A_route_that_an_exporter_rejects_does_not_stand_in_the_way_of_one_that_another_has()
    {
        _host.Routes.Set("orders", RouteAnswer.None(RejectReason.NoProject, "rejected by the first"));
        _host.Routes.Set("carts", RouteAnswer.None(RejectReason.NoProject, "rejected by the first"));
        _guest.Routes.Activate("orders");
        _guest.Routes.Set("carts", RouteAnswer.None(RejectReason.NoProject, "rejected by the second"));

        var outcome = await SendAsync(Requests.Traces(("orders", ["a"]), ("carts", ["b"])));
        await AdvanceAsync();

        Assert.Equal(["a"], Sent(_guest, "orders"));
        Assert.Equal((IngestOutcomeKind.Partial, 1), (outcome.Kind, outcome.Rejected));
        Assert.Contains("rejected by the first", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_has_a_route_for_goes_to_the_first_that_takes_it()
    {
        var refusing = RouteAnswer.None(RejectReason.NoProject, "no route names this value");
        _host.Routes.Unknown = _ => refusing;
        await SendAsync(Requests.Spans("new", 2));
        Assert.Equal(["new"], _guest.Routes.Announced.Distinct());
        Assert.Empty(_host.Routes.Announced);

        _guest.Routes.Unknown = _ => refusing;
        var outcome = await SendAsync(Requests.Spans("other", 2));

        Assert.Equal((IngestOutcomeKind.Partial, 2), (outcome.Kind, outcome.Rejected));
        Assert.Equal(2, _host.Accounts.Rejected.Single(entry => entry.Key.Reason == RejectReason.NoProject).Value.Items);
        Assert.Empty(_guest.Accounts.Rejected);
    }

    [Fact]
    public async Task An_exporter_that_can_not_tell_its_routes_holds_up_only_what_no_other_has_a_route_for()
    {
        _host.Routes.Activate("orders");
        _guest.Routes.NotReady = "the routing table is not loaded yet";

        var known = await SendAsync(Requests.Spans("orders", 2));
        var unknown = await SendAsync(Requests.Traces(("orders", ["a"]), ("carts", ["b", "c"])));
        await AdvanceAsync();

        Assert.Equal((IngestOutcomeKind.Accepted, IngestOutcomeKind.Unavailable), (known.Kind, unknown.Kind));
        Assert.Equal(2, _host.Balance("orders").Sent);
        Assert.Equal(3, _host.Accounts.Refused.Sum(entry => entry.Value.Items));
        Assert.Empty(_host.Routes.Announced);
        Assert.Equal(0, _host.Admission.Reserved);
    }

    [Fact]
    public async Task Nothing_is_taken_while_no_exporter_can_tell_its_routes()
    {
        _host.Routes.NotReady = "the first is not ready";
        _guest.Routes.NotReady = "the second is not ready";

        var outcome = await SendAsync(Requests.Spans("orders", 2));

        Assert.Equal(IngestOutcomeKind.Unavailable, outcome.Kind);
        Assert.Contains("the first is not ready", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_of_one_organization_does_not_keep_the_other_out()
    {
        var carts = Requests.Spans("carts", 1);
        using var full = new Rig(new QueueConfiguration { MaxBytesPerProject = carts.Length });
        _host.Routes.Activate("orders");
        full.Routes.Activate("carts");
        full.Ingest(carts);

        var outcome = await SendAsync(Requests.Traces(("orders", ["a"]), ("carts", ["b"])), _host, full);
        await AdvanceAsync();

        Assert.Equal((IngestOutcomeKind.Partial, 1), (outcome.Kind, outcome.Rejected));
        Assert.Equal(["a"], Sent(_host, "orders"));
        Assert.Equal(IngestOutcomeKind.Full, (await SendAsync(carts, _host, full)).Kind);
    }

    [Fact]
    public async Task A_limit_of_an_organization_holds_its_own_projects_and_none_of_an_organization_of_the_same_slug_elsewhere()
    {
        var target = FixedRoutes.Target("orders") with { Organization = "acme" };
        _host.Routes.Activate("orders", target);
        _guest.Routes.Activate("carts", target with { ProjectSlug = "carts" });
        _host.RateLimits.Apply(target.PublicKey, "acme", 429, ["60:span:organization:quota"], null);

        await SendAsync(Requests.Traces(("orders", ["a"]), ("carts", ["b"])));
        await AdvanceAsync();

        Assert.Equal((0, 1), (_host.Balance("orders").Sent, _guest.Balance("carts").Sent));
        Assert.True(_host.RateLimits.GetDelay(target.PublicKey, "acme", IngestSignal.Traces) > TimeSpan.Zero);
        await AdvanceAsync(60);
        Assert.Equal(1, _host.Balance("orders").Sent);
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

    private static IEnumerable<string> Sent(Rig rig, string project) => rig.Sender.AttemptsOf(project).SelectMany(Requests.SpanNames);

    private async Task AdvanceAsync(int seconds = 1)
    {
        await _host.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        await _guest.AdvanceAsync(TimeSpan.FromSeconds(seconds));
    }

    private ValueTask<IngestOutcome> SendAsync(byte[] request) => SendAsync(request, _host, _guest);

    private static ValueTask<IngestOutcome> SendAsync(byte[] request, Rig first, Rig second)
    {
        var group = new ExporterGroup([first.Pipeline, second.Pipeline]);
        var pipeline = new ReceiverPipeline(new PipelineGraph(new Dictionary<OtlpSignal, IReadOnlyList<ExporterGroup>> { [OtlpSignal.Traces] = [group] }), new IngestCounters());
        var array = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(array, 0);
        return pipeline.IngestAsync(
            OtlpSignal.Traces,
            RequestBuffer.Own(array, request.Length, first.Admission.TryReserve(request.Length)!, ArrayPool<byte>.Shared),
            TestContext.Current.CancellationToken);
    }
}
