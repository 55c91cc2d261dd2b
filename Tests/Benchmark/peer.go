// For comparison: the work of one poll of the exporter in Go, with the usual libraries.
// Reads both lists, classifies and counts the objects, renders one page, and prints the cost.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

type object struct {
	Name              string            `json:"name"`
	GlobalID          string            `json:"globalId"`
	Size              uint64            `json:"size"`
	CreationTimestamp int64             `json:"creationTimestamp"`
	Deleted           bool              `json:"deleted"`
	Transient         bool              `json:"transient"`
	Tags              map[string]string `json:"tags"`
}

type reply struct {
	Data  []object `json:"data"`
	Error *struct {
		Name  string `json:"name"`
		Descr string `json:"descr"`
	} `json:"error"`
}

type group struct{ cluster, storage, objectType, vmid string }

type machine struct{ cluster, storage, vmid string }

type sum struct{ count, bytes uint64 }

type span struct{ oldest, newest int64 }

// inventory has the counts of a poll and is the collector that exports them.
type inventory struct {
	groups   map[group]*sum
	machines map[machine]*span
	foreign  [2]sum
	going    sum
}

var unnamed = regexp.MustCompile(`^~[a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+$`)

// isTrue reports whether Perl, the language of the plugin, treats the value as true.
func isTrue(value string) bool { return value != "" && value != "0" }

// objectType returns the object type, or "invalid" if the plugin refuses the object.
func objectType(o *object, isSnapshot bool) string {
	tags := o.Tags
	if !isSnapshot && !unnamed.MatchString(o.Name) {
		return "invalid"
	}
	vm, hasVM := tags["pve-vm"]
	base, snap, parent, disk := tags["pve-base"], tags["pve-snap"], tags["pve-snap-v"], tags["pve-disk"]
	switch tags["pve-type"] {
	case "iso":
		if vm != "" || base != "" || snap != "" || parent != "" || !isSnapshot {
			return "invalid"
		}
		return "iso"
	case "images", "rootdir":
	default:
		return "invalid"
	}
	switch {
	case !hasVM:
		if base != "" || snap != "" || parent != "" || !isSnapshot {
			return "invalid"
		}
		return "image"
	case isTrue(base):
		if snap != "" || parent != "" || !isSnapshot || disk == "" {
			return "invalid"
		}
		return "base"
	case isTrue(snap):
		if disk == "state" {
			if isSnapshot || parent != "" {
				return "invalid"
			}
			return "vmstate"
		}
		if disk == "" || !isSnapshot || parent == "" {
			return "invalid"
		}
		return "snapshot"
	case isSnapshot || disk == "":
		return "invalid"
	case disk == "cloudinit":
		return "cloudinit"
	default:
		return "disk"
	}
}

func (inv *inventory) add(o *object, isSnapshot bool) {
	if o.Tags["virt"] != "pve" {
		kind := 0
		if isSnapshot {
			kind = 1
		}
		inv.foreign[kind].count++
		inv.foreign[kind].bytes += o.Size
		return
	}
	if isSnapshot && (o.Deleted || o.Transient || strings.HasPrefix(o.Name, "*")) {
		inv.going.count++
		inv.going.bytes += o.Size
		return
	}
	kind := objectType(o, isSnapshot)
	key := group{o.Tags["pve-loc"], o.Tags["pve"], kind, o.Tags["pve-vm"]}
	s := inv.groups[key]
	if s == nil {
		s = &sum{}
		inv.groups[key] = s
	}
	s.count++
	s.bytes += o.Size
	if kind == "snapshot" || kind == "vmstate" {
		at := machine{key.cluster, key.storage, key.vmid}
		m := inv.machines[at]
		if m == nil {
			inv.machines[at] = &span{o.CreationTimestamp, o.CreationTimestamp}
		} else if o.CreationTimestamp < m.oldest {
			m.oldest = o.CreationTimestamp
		} else if o.CreationTimestamp > m.newest {
			m.newest = o.CreationTimestamp
		}
	}
}

var (
	groupLabels   = []string{"pve_cluster", "storage", "object_type", "vmid"}
	machineLabels = []string{"pve_cluster", "storage", "vmid"}
	objects       = prometheus.NewDesc("storpool_pve_objects", "Objects.", groupLabels, nil)
	provisioned   = prometheus.NewDesc("storpool_pve_provisioned_bytes", "Sum of sizes.", groupLabels, nil)
	oldest        = prometheus.NewDesc("storpool_pve_oldest_snapshot_timestamp_seconds", "Oldest.", machineLabels, nil)
	newest        = prometheus.NewDesc("storpool_pve_newest_snapshot_timestamp_seconds", "Newest.", machineLabels, nil)
	foreign       = prometheus.NewDesc("storpool_pve_foreign_objects", "Foreign.", []string{"object_kind"}, nil)
	foreignBytes  = prometheus.NewDesc("storpool_pve_foreign_bytes", "Foreign.", []string{"object_kind"}, nil)
	going         = prometheus.NewDesc("storpool_pve_going_objects", "Going.", nil, nil)
	goingBytes    = prometheus.NewDesc("storpool_pve_going_bytes", "Going.", nil, nil)
)

func (inv *inventory) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{objects, provisioned, oldest, newest, foreign, foreignBytes, going, goingBytes} {
		ch <- d
	}
}

func (inv *inventory) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for k, s := range inv.groups {
		gauge(objects, float64(s.count), k.cluster, k.storage, k.objectType, k.vmid)
		gauge(provisioned, float64(s.bytes), k.cluster, k.storage, k.objectType, k.vmid)
	}
	for k, m := range inv.machines {
		gauge(oldest, float64(m.oldest), k.cluster, k.storage, k.vmid)
		gauge(newest, float64(m.newest), k.cluster, k.storage, k.vmid)
	}
	for i, kind := range []string{"volume", "snapshot"} {
		gauge(foreign, float64(inv.foreign[i].count), kind)
		gauge(foreignBytes, float64(inv.foreign[i].bytes), kind)
	}
	gauge(going, float64(inv.going.count))
	gauge(goingBytes, float64(inv.going.bytes))
}

func fetch(base, token, query string) ([]object, error) {
	request, err := http.NewRequest("GET", base+query, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Storpool v1:"+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var r reply
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		return nil, err
	}
	if r.Error != nil {
		return nil, fmt.Errorf("%s: %s", r.Error.Name, r.Error.Descr)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s", response.Status)
	}
	return r.Data, nil
}

func poll(base, token string) (*inventory, []byte, error) {
	inv := &inventory{groups: map[group]*sum{}, machines: map[machine]*span{}}
	for _, query := range []string{"VolumesList", "SnapshotsList"} {
		list, err := fetch(base, token, query)
		if err != nil {
			return nil, nil, err
		}
		for i := range list {
			inv.add(&list[i], query == "SnapshotsList")
		}
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(inv)
	families, err := registry.Gather()
	if err != nil {
		return nil, nil, err
	}
	var page bytes.Buffer
	encoder := expfmt.NewEncoder(&page, expfmt.FmtText)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return nil, nil, err
		}
	}
	return inv, page.Bytes(), nil
}

func usage() syscall.Rusage {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		log.Fatal(err)
	}
	return r
}

func seconds(r syscall.Rusage) float64 {
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

func main() {
	base := flag.String("url", "", "base URL of the API, ends with /ctrl/1.0/")
	tokenFile := flag.String("token-file", "", "file of the token")
	flag.Parse()
	token, err := os.ReadFile(*tokenFile)
	if err != nil {
		log.Fatal(err)
	}
	before := usage()
	inv, page, err := poll(*base, strings.TrimSpace(string(token)))
	if err != nil {
		log.Fatal(err)
	}
	after := usage()
	types := map[string]uint64{}
	for k, s := range inv.groups {
		types[k.objectType] += s.count
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"cpu_seconds":     seconds(after) - seconds(before),
		"peak_rss_bytes":  after.Maxrss * 1024,
		"page_bytes":      len(page),
		"objects_by_type": types,
	}); err != nil {
		log.Fatal(err)
	}
}
