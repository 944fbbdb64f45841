using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>The same fates with every style in which a Sentry answers: new and old, plain and compressed.</summary>
public sealed class ServerModesTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    public static TheoryData<string, string, bool> Styles
    {
        get
        {
            var styles = new TheoryData<string, string, bool>();
            foreach (var success in new[] { "200-body", "202-empty" })
            {
                foreach (var errors in new[] { "status", "detail" })
                {
                    styles.Add(success, errors, false);
                    styles.Add(success, errors, true);
                }
            }

            return styles;
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Success_limit_refusal_and_size_are_understood_in_every_style(string success, string errors, bool compressedReplies)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.Sentry.ModesAsync(new { success, errors, compressedReplies });
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.FlushAsync();
        Assert.Equal(2, await world.CountAsync("orders", status: success == "200-body" ? 200 : 202));

        // Switched off logs: the reason is in the text.
        await world.Sentry.ModesAsync(new { logsIngestion = false });
        await world.LogsAsync("orders");
        await world.FlushAsync();
        Assert.Contains("FeatureDisabled(OurLogsIngestion)", world.Gateway.LogText, StringComparison.Ordinal);
        await world.Sentry.ModesAsync(new { logsIngestion = true });
        await world.AdvanceAsync(TimeSpan.FromSeconds(61));

        // A limit, by headers.
        await world.Sentry.LimitAsync(new { scope = "project", project = world["orders"].Slug, seconds = 30, categories = new[] { "span" } });
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 429));
        await world.AdvanceBothAsync(TimeSpan.FromSeconds(31));

        // The size, which old servers tell by a text.
        await world.Sentry.ModesAsync(new { maxBodyBytes = 3000, sizeErrorsAreBadRequests = errors == "detail" });
        await world.SendAsync("orders", OtlpSignal.Traces, 100);
        await world.AdvanceAsync(TimeSpan.FromSeconds(2));

        // A key that Sentry takes no more and takes again.
        await world.Sentry.ModesAsync(new { bufferFull = true, maxBodyBytes = 12_000_000 });
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.NotEqual(0, await world.CountAsync("orders", status: 503));
        await world.Sentry.ModesAsync(new { bufferFull = false });
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 429));
    }

    [Fact]
    public async Task An_old_self_hosted_server_gets_everything_once()
    {
        await using var old = await SentryProcess.StartAsync(["--old-server"]);
        await using var world = await FaultWorld.WithClockAsync(old, "orders");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.FlushAsync();

        await world.SettleAsync();
        Assert.Equal(2, await world.CountAsync("orders", status: 202));
    }
}
