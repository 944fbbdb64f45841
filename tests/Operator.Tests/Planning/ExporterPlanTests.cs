using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Planning;

namespace SentryOtel.Operator.Tests.Planning;

public sealed class ExporterPlanTests
{
    [Fact]
    public void Without_routes_there_is_nothing_to_do()
    {
        var condition = new ExporterPlan([], [], null).Condition();

        Assert.Equal((ConditionStatus.True, "there is nothing to do"), (condition.Status, condition.Message));
    }

    [Fact]
    public void Everything_is_named_by_what_would_become_of_it()
    {
        var plan = new ExporterPlan(
            [Route("orders", true, "WouldCreate"), Route("legacy", true, "WouldAdopt"), Route("old", true, "WouldDelete"), Route("sales", true, "WouldUse")],
            [new PlannedService("new", new RoutePlan(true, "WouldCreate", ""))],
            null);

        var condition = plan.Condition();

        Assert.Equal(ConditionStatus.True, condition.Status);
        Assert.Equal(
            "would create the projects of 2: new, orders; would adopt those of 1: legacy; would delete those of 1: old; would use, as they are, those of 1: sales",
            condition.Message);
    }

    [Fact]
    public void A_project_that_discovery_would_delete_is_not_said_to_be_used()
    {
        var condition = new ExporterPlan([Route("orders", true, "WouldUse")], [new PlannedService("orders", new RoutePlan(true, "WouldDelete", ""))], null).Condition();

        Assert.Equal("would delete those of 1: orders", condition.Message);
    }

    [Fact]
    public void What_can_not_be_done_makes_the_plan_false_and_is_named_with_its_reason()
    {
        var condition = new ExporterPlan([Route("orders", false, "AmbiguousTeam")], [], new RoutePlan(false, "NoTeam", "")).Condition();

        Assert.Equal((ConditionStatus.False, "can not be done for 2: orders (AmbiguousTeam), routing.fallbackProject (NoTeam)"), (condition.Status, condition.Message));
    }

    [Fact]
    public void Routes_that_were_not_looked_at_yet_are_counted()
    {
        var condition = new ExporterPlan([Route("orders", true, "WouldCreate"), new SentryProjectRoute()], [], null).Condition();

        Assert.Equal((ConditionStatus.False, "would create the projects of 1: orders; 1 routes have no plan yet"), (condition.Status, condition.Message));
    }

    [Fact]
    public void Of_many_the_first_ten_are_named()
    {
        var condition = new ExporterPlan([.. Enumerable.Range(0, 12).Select(static i => Route($"s{i:00}", true, "WouldCreate"))], [], null).Condition();

        Assert.Equal("would create the projects of 12: s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 ...", condition.Message);
    }

    private static SentryProjectRoute Route(string value, bool possible, string reason) => new()
    {
        Spec = new SentryProjectRouteSpec { AttributeValue = value },
        Status = new SentryProjectRouteStatus { Conditions = [new V1Condition { Type = "Planned", Status = ConditionStatus.Of(possible), Reason = reason, Message = "" }] },
    };
}
