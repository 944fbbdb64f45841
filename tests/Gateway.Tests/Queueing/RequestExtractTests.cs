using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Queueing;

/// <summary>What waits is kept compressed, and no project keeps what is for others.</summary>
public sealed class RequestExtractTests
{
    [Fact]
    public async Task Request_that_came_plain_waits_compressed_and_arrives_whole()
    {
        var request = Requests.Spans("orders", 400);
        using var rig = new Rig();
        rig.Routes.Activate("orders");

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(request).Kind);

        Assert.InRange(rig.Admission.Reserved, 1, request.Length / 2);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(request, Assert.Single(rig.Sender.AttemptsOf("orders")));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Services_of_one_request_get_each_its_own_and_all_of_it()
    {
        using var rig = new Rig();
        string[] services = [.. Enumerable.Range(0, 16).Select(index => $"service-{index}")];
        services.ToList().ForEach(service => rig.Routes.Activate(service));

        // Parts below and above the size from which on they are compressed, of each service in turn.
        foreach (var count in (int[])[1, 200, 3, 150])
        {
            Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Traces([.. services.Select(service => (service, Names(service, count)))])).Kind);
        }

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        foreach (var service in services)
        {
            string[] expected = [.. Names(service, 1), .. Names(service, 200), .. Names(service, 3), .. Names(service, 150)];
            Assert.Equivalent(expected, rig.Sender.AttemptsOf(service).SelectMany(Requests.SpanNames), strict: true);
        }
    }

    [Fact]
    public void Small_part_does_not_keep_the_request_that_it_came_in()
    {
        using var rig = new Rig();
        rig.Routes.Activate("small");
        rig.Routes.Activate("large");

        rig.Ingest(Requests.Traces(("small", ["one"]), ("large", [.. Enumerable.Range(0, 5000).Select(index => $"span-{index}")])));

        // The large part waits for itself, compressed.
        var waiting = rig.Pipeline.Queues.All.Sum(queue => queue.Read().Bytes);
        Assert.InRange(rig.Admission.Reserved, 1, waiting / 2);
    }

    [Fact]
    public async Task Without_compression_everything_arrives_as_it_came()
    {
        using var rig = new Rig(http: new HttpConfiguration { Gzip = false });
        rig.Routes.Activate("orders");
        rig.Routes.Activate("payments");
        var request = Requests.Traces(("orders", Names("orders", 300)), ("payments", Names("payments", 2)));

        rig.Ingest(request);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(Names("orders", 300), Requests.SpanNames(Assert.Single(rig.Sender.AttemptsOf("orders"))));
        Assert.Equal(Names("payments", 2), Requests.SpanNames(Assert.Single(rig.Sender.AttemptsOf("payments"))));
    }

    [Fact]
    public async Task Batch_of_compressed_parts_that_is_too_large_for_Sentry_is_cut_and_loses_nothing()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, request) => Requests.SpanNames(request).Count > 100
            ? new SendOutcome(SendOutcomeKind.TooLarge, 413, "too large", TimeSpan.Zero)
            : ScriptedSender.Sent;

        rig.Ingest(Requests.Spans("orders", 300, "a"));
        rig.Ingest(Requests.Spans("orders", 3, "b"));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        var sent = rig.Sender.AttemptsOf("orders").Select(Requests.SpanNames).Where(names => names.Count <= 100).SelectMany(names => names).ToList();
        Assert.Equal(303, sent.Count);
        Assert.Equal(303, sent.Distinct().Count());
        Assert.Equal(303, rig.Balance("orders", OtlpSignal.Traces).Sent);
    }

    private static string[] Names(string service, int count) => [.. Enumerable.Range(0, count).Select(index => $"{service} of {count}: {index}")];
}
