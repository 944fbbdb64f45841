using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Events;

namespace SentryOtel.Operator.Tests.Events;

public sealed class StandingProblemsTests
{
    private static readonly ObjectKey Key = new("ns", "main");
    private static readonly Problem Taken = new("table", "NameConflict", "ConfigMap ns/main-routes exists");
    private static readonly Problem Missing = new("fallback", "ProjectNotFound", "routing.fallbackProject: no project has the slug");

    [Fact]
    public void A_problem_is_told_once_and_again_when_it_comes_back()
    {
        var problems = new StandingProblems();

        Assert.Equal([Taken], problems.Update(Key, [Taken]));
        Assert.Equal([Missing], problems.Update(Key, [Taken, Missing]));
        Assert.Empty(problems.Update(Key, []));
        Assert.Equal([Taken], problems.Update(Key, [Taken]));
    }

    [Fact]
    public void A_new_leader_tells_of_nothing_that_the_status_tells_of()
    {
        var status = Status(ConditionStatus.False, "NameConflict", $"{Taken.Note}; without a project: ns/orders; see their conditions");
        var problems = new StandingProblems();

        Assert.Equal([Missing], problems.Update(Key, [Taken, Missing], found => ExporterStatus.Tells(status, found)));
        Assert.Empty(problems.Update(Key, [], found => ExporterStatus.Tells(status, found)));
        Assert.Equal([Taken], problems.Update(Key, [Taken], found => ExporterStatus.Tells(status, found)));
    }

    [Theory]
    [InlineData(ConditionStatus.True, "ProjectsReady")]
    [InlineData(ConditionStatus.False, "ProjectsNotReady")]
    public void A_status_of_other_things_tells_of_no_problem(string status, string reason) =>
        Assert.False(ExporterStatus.Tells(Status(status, reason, Taken.Note), Taken));

    private static SentryExporterStatus Status(string status, string reason, string message) =>
        new() { Conditions = [new V1Condition { Type = "ProjectsSynced", Status = status, Reason = reason, Message = message }] };
}
