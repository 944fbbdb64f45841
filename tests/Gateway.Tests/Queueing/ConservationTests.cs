using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Queueing;

public sealed class ConservationTests
{
    private static readonly SendOutcomeKind[] Outcomes = Enum.GetValues<SendOutcomeKind>().Except([SendOutcomeKind.Cancelled, SendOutcomeKind.RateLimited]).ToArray();

    /// <summary>
    /// Whatever comes in and whatever the destination says: accepted = sent + dropped + queued after every step (asserted by the rig), every span is
    /// taken by the destination at most once, and in the end no byte stays reserved.
    /// </summary>
    [Fact]
    public void Nothing_is_lost_or_doubled_whatever_happens() =>
        Prop.ForAll(Steps().ToArbitrary(), steps => RunAsync(steps).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    private static async Task RunAsync(IReadOnlyList<(int Service, int Spans, int Outcome, int Seconds)> steps)
    {
        using var rig = new Rig(new QueueConfiguration { MaxBytesPerProject = 4000, MaxAge = TimeSpan.FromMinutes(3) }, batch: new BatchConfiguration(TimeSpan.FromSeconds(1), 5, 8));
        var delivered = new HashSet<string>();
        var accepted = 0L;
        var serial = 0;
        var next = SendOutcomeKind.Sent;
        rig.Sender.Answer = (_, request) =>
        {
            if (next == SendOutcomeKind.Sent)
            {
                lock (delivered)
                {
                    Assert.All(Requests.SpanNames(request), name => Assert.True(delivered.Add(name), $"{name} was delivered twice"));
                }
            }

            return new SendOutcome(next, 0, "", TimeSpan.Zero);
        };

        foreach (var (service, spans, outcome, seconds) in steps)
        {
            if (outcome % 4 == 0)
            {
                rig.Routes.Activate($"service-{service}");
            }

            next = Outcomes[outcome % Outcomes.Length];
            if (rig.Ingest(Requests.Spans($"service-{service}", spans, $"s{serial++}")).Kind == IngestOutcomeKind.Accepted)
            {
                accepted += spans;
            }

            await rig.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        }

        next = SendOutcomeKind.Sent;
        await rig.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(accepted, rig.Accounts.All.Sum(account => account.Read().Accepted));
        Assert.Equal(delivered.Count, rig.Accounts.All.Sum(account => account.Read().Sent));
        Assert.Equal(0, rig.Accounts.All.Sum(account => account.Read().Queued));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    private static Gen<IReadOnlyList<(int Service, int Spans, int Outcome, int Seconds)>> Steps() =>
        from count in Gen.Choose(1, 20)
        from steps in (from service in Gen.Choose(0, 3)
                       from spans in Gen.Choose(0, 20)
                       from outcome in Gen.Choose(0, 30)
                       from seconds in Gen.Choose(0, 90)
                       select (service, spans, outcome, seconds)).ListOf(count)
        select (IReadOnlyList<(int, int, int, int)>)[.. steps];
}
