namespace SentryOtel.Cluster;

/// <summary>The configuration files of a node's programs.</summary>
internal sealed class NodeFiles(NodeSandbox sandbox, string pauseImage)
{
    public string ContainerdSocket => sandbox["containerd.sock"];

    public string Containerd => sandbox["containerd.toml"];

    public string Kubelet => sandbox["kubelet.yaml"];

    public string Authority => sandbox["ca.crt"];

    public void Write(string authorityPem)
    {
        Directory.CreateDirectory(sandbox["cni"]);
        File.WriteAllText(Authority, authorityPem);
        File.WriteAllText(Containerd, ContainerdText());
        File.WriteAllText(Path.Combine(sandbox["cni"], "10-pods.conflist"), NetworkText());
        File.WriteAllText(Kubelet, KubeletText());
    }

    private string ContainerdText() => $"""
        version = 2
        root = "{sandbox["containerd"]}"
        state = "/run/containerd"
        [grpc]
          address = "{ContainerdSocket}"
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "{pauseImage}"
          # Where root is confined, it may not lower a process's score.
          restrict_oom_score_adj = true
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "{NodeRequirements.CniPlugins}"
            conf_dir = "{sandbox["cni"]}"

        """;

    private string NetworkText() => $$"""
        {
          "cniVersion": "0.4.0",
          "name": "pods",
          "plugins": [
            {
              "type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
              "ipam": {"type": "host-local", "ranges": [[{"subnet": "{{sandbox.PodNetwork}}"}]], "routes": [{"dst": "0.0.0.0/0"}]}
            },
            {
              "type": "portmap",
              "capabilities": {"portMappings": true}
            }
          ]
        }
        """;

    private string KubeletText() => $$"""
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        address: {{sandbox.NodeAddress}}
        authentication:
          anonymous: {enabled: false}
          webhook: {enabled: false}
          x509:
            clientCAFile: {{Authority}}
        authorization: {mode: AlwaysAllow}
        cgroupDriver: cgroupfs
        cgroupRoot: /{{sandbox.ControlGroup.Name}}
        clusterDNS: [{{sandbox.NodeAddress}}]
        clusterDomain: cluster.local
        resolvConf: ""
        # One file for each container's log: tests read it as a whole.
        containerLogMaxSize: 200Mi
        enforceNodeAllocatable: []
        evictionHard: {memory.available: 50Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
        failSwapOn: false
        imageGCHighThresholdPercent: 100

        """;
}
