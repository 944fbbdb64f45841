using System.Text.Json;
using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Discovery;

/// <summary>A workload that is read with its pod template, of which the cache keeps <see cref="Names"/> alone.</summary>
internal abstract class TemplatedWorkload : IKubernetesObject
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the template said.</summary>
    [JsonIgnore]
    public TemplateNames? Names { get; private set; }

    /// <summary>Reads the template's names and lets the template go.</summary>
    public void Reduce() => Names = TemplateNames.Of(Metadata, TakeTemplate());

    /// <summary>Gives the template, and keeps nothing of it.</summary>
    protected abstract PodTemplate? TakeTemplate();
}

/// <summary>A workload whose template is at <c>spec.template</c>.</summary>
internal abstract class PodOwner : TemplatedWorkload
{
    public PodOwnerSpec? Spec { get; set; }

    protected override PodTemplate? TakeTemplate()
    {
        var template = Spec?.Template;
        Spec = null;
        return template;
    }
}

/// <summary>A workload whose template is at <c>spec.jobTemplate.spec.template</c>.</summary>
internal abstract class JobOwner : TemplatedWorkload
{
    public JobOwnerSpec? Spec { get; set; }

    protected override PodTemplate? TakeTemplate()
    {
        var template = Spec?.JobTemplate?.Spec?.Template;
        Spec = null;
        return template;
    }
}

/// <summary>A Deployment.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "Deployment", PluralName = "deployments")]
internal sealed class TemplatedDeployment : PodOwner;

/// <summary>A StatefulSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "StatefulSet", PluralName = "statefulsets")]
internal sealed class TemplatedStatefulSet : PodOwner;

/// <summary>A DaemonSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "DaemonSet", PluralName = "daemonsets")]
internal sealed class TemplatedDaemonSet : PodOwner;

/// <summary>A Job.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "Job", PluralName = "jobs")]
internal sealed class TemplatedJob : PodOwner;

/// <summary>A CronJob.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "CronJob", PluralName = "cronjobs")]
internal sealed class TemplatedCronJob : JobOwner;

/// <summary>A CronJob, as served before 1.21.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1beta1", Kind = "CronJob", PluralName = "cronjobs")]
internal sealed class TemplatedV1beta1CronJob : JobOwner;

/// <summary>The part of a specification that holds the template.</summary>
internal sealed class PodOwnerSpec
{
    public PodTemplate? Template { get; set; }
}

/// <summary>The part of a CronJob's specification that holds the template.</summary>
internal sealed class JobOwnerSpec
{
    public JobTemplate? JobTemplate { get; set; }
}

/// <summary>The Job that a CronJob makes.</summary>
internal sealed class JobTemplate
{
    public PodOwnerSpec? Spec { get; set; }
}

/// <summary>What is read of a pod template.</summary>
internal sealed class PodTemplate
{
    public V1ObjectMeta? Metadata { get; set; }

    public TemplatePodSpec? Spec { get; set; }
}

/// <summary>What is read of a pod's specification.</summary>
internal sealed class TemplatePodSpec
{
    public List<TemplateContainer>? Containers { get; set; }
}

/// <summary>What is read of a container.</summary>
internal sealed class TemplateContainer
{
    public string? Name { get; set; }

    public List<TemplateVariable>? Env { get; set; }
}

/// <summary>An environment variable.</summary>
internal sealed class TemplateVariable
{
    public string? Name { get; set; }

    public string? Value { get; set; }

    /// <summary>Where its value comes from instead; only that it does is of interest.</summary>
    public JsonElement? ValueFrom { get; set; }
}
