using SentryOtel.Crds;
using SentryOtel.Operator.Discovery;
using static SentryOtel.Operator.Tests.Discovery.DiscoveryModel;

namespace SentryOtel.Operator.Tests.Discovery;

public sealed class DiscoverySourceTests
{
    private static readonly TemplateNames All = new("from-annotation", "from-app", "from-environment", null);

    [Theory]
    [InlineData("Label", "from-label")]
    [InlineData("Annotation,Label", "from-annotation")]
    [InlineData("Environment,AppName,Annotation,Label", "from-environment")]
    [InlineData("AppName", "from-app")]
    public void The_first_source_that_gives_a_name_wins(string sources, string expected)
    {
        var workload = Deployment("from-label") with { Names = All };

        Assert.Equal(expected, Assert.Single(Plan(From(sources), [workload]).Creates).Value);
    }

    [Theory]
    [InlineData("Annotation,Environment,AppName", "from-app")]
    [InlineData("Annotation,Environment,Label", "from-label")]
    public void A_source_that_is_silent_lets_the_next_one_speak(string sources, string expected)
    {
        var workload = Deployment("from-label") with { Names = new TemplateNames(null, "from-app", null, null) };

        Assert.Equal(expected, Assert.Single(Plan(From(sources), [workload]).Creates).Value);
    }

    [Fact]
    public void A_gateway_has_an_applications_name_and_is_no_service()
    {
        var gateway = Deployment("orders") with { Names = new TemplateNames(null, "sentry-otel-gateway", null, null) };
        gateway.Metadata.Labels = new Dictionary<string, string> { [SentryOtelGroup.ExporterLabel] = "main" };

        Assert.Empty(Plan(Exporter(static spec => spec.Discovery.Sources = [DiscoverySource.AppName]), [gateway]).Creates);
    }

    [Fact]
    public void A_workload_without_the_label_is_a_service_by_another_source_and_a_label_without_its_source_is_none()
    {
        var workload = Deployment("") with { Names = All };
        var labelled = Deployment("labelled", name: "labelled") with { Names = new TemplateNames(null, null, null, null) };

        Assert.Equal("from-app", Assert.Single(Plan(From("AppName"), [workload, labelled]).Creates).Value);
    }

    [Fact]
    public void A_name_that_can_not_be_read_is_told_unless_another_source_has_one()
    {
        var workload = Deployment("orders") with { Names = new TemplateNames(null, null, null, "OTEL_SERVICE_NAME of container \"main\" is not read") };

        var alone = Plan(From("Environment"), [workload]);
        var labelled = Plan(From("Environment,Label"), [workload]);

        var problem = Assert.Single(alone.Unread);
        Assert.Equal(("Deployment shop/orders", "ServiceNameNotRead"), (problem.Subject, problem.Reason));
        Assert.Contains("OTEL_SERVICE_NAME of container \"main\"", problem.Note, StringComparison.Ordinal);
        Assert.Empty(alone.Creates);
        Assert.Empty(labelled.Unread);
        Assert.Single(labelled.Creates);
        Assert.Empty(Plan(From("Annotation"), [workload]).Unread);
    }

    [Fact]
    public void A_name_that_is_too_long_for_a_route_is_refused_and_harms_no_other()
    {
        var plan = Plan(From("Annotation"), [
            Deployment("a", name: "a") with { Names = new TemplateNames(new string('x', 257), null, null, null) },
            Deployment("b", name: "b") with { Names = new TemplateNames(new string('x', 256), null, null, null) }]);

        Assert.Equal("NameTooLong", Assert.Single(plan.Refusals).Reason);
        Assert.Equal(256, Assert.Single(plan.Creates).Value.Length);
    }

    [Fact]
    public void A_workload_that_opts_out_or_lies_elsewhere_is_not_even_told_of()
    {
        var unread = new TemplateNames(null, null, null, "is not read");
        var elsewhere = Deployment("orders", "billing") with { Names = unread };
        var disabled = Deployment("orders") with { Names = unread };
        disabled.Metadata.Annotations = new Dictionary<string, string> { ["sentry-otel.dev/discovery"] = "disabled" };

        Assert.Empty(Plan(From("Environment"), [elsewhere, disabled]).Unread);
    }

    private static SentryExporter From(string sources) =>
        Exporter(spec => spec.Discovery.Sources = [.. sources.Split(',').Select(Enum.Parse<DiscoverySource>)]);
}
