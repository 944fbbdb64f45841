using System.Text;

namespace SentryOtel.Cluster;

/// <summary>Folders of a node as volumes of the cluster's default storage class, each good for one claim.</summary>
public static class NodeVolumes
{
    private const int Count = 10;

    /// <summary>Creates the storage class <c>local</c> and its ten volumes of 10 GiB.</summary>
    /// <exception cref="InvalidOperationException">kubectl failed; the message has what it said.</exception>
    public static Task CreateAsync(ControlPlane controlPlane, RealNode node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(controlPlane);
        ArgumentNullException.ThrowIfNull(node);

        // Nothing provisions here: a claim is bound to one of these once its pod is.
        var manifests = new StringBuilder("""
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: local, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
            provisioner: kubernetes.io/no-provisioner
            volumeBindingMode: WaitForFirstConsumer
            """);
        foreach (var name in Enumerable.Range(0, Count).Select(static number => $"local-{number}"))
        {
            manifests.Append($$"""

                ---
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: {{name}}}
                spec:
                  capacity: {storage: 10Gi}
                  accessModes: [ReadWriteOnce]
                  storageClassName: local
                  persistentVolumeReclaimPolicy: Retain
                  local: {path: {{node.CreateVolumeFolder(name)}}}
                  nodeAffinity:
                    required:
                      nodeSelectorTerms:
                      - matchExpressions:
                        - {key: kubernetes.io/os, operator: In, values: [linux]}
                """);
        }

        return controlPlane.RunKubectlAsync(["apply", "--filename", "-"], manifests.ToString(), cancellationToken);
    }
}
