"""Runs the pipelines of PipelineBenchmark with OpenCV on one thread, in samples per CPU second.

They are written as Python users do: parameters drawn with NumPy, one call per operation. Needs NumPy and OpenCV
(Debian's python3-opencv). Prints one line per pipeline: its name and the result.
"""
import cv2, numpy as np, time, sys, math
cv2.setNumThreads(1)
H=W=150
rng=np.random.RandomState(1)
img=cv2.resize(rng.randint(0,256,(12,12,3),dtype=np.uint8),(W,H),interpolation=cv2.INTER_CUBIC)
def affine(x):
    th=math.radians(rng.uniform(-10,10)); tx=rng.uniform(-.2,.2)*W; ty=rng.uniform(-.2,.2)*H
    zx,zy=rng.uniform(.9,1.1,2)
    c,s=math.cos(th),math.sin(th)
    cx,cy=W/2-.5,H/2-.5
    a,b,d,e=c*zx,-s*zy,s*zx,c*zy
    M=np.array([[a,b,cx-a*cx-b*cy+tx],[d,e,cy-d*cx-e*cy+ty]])
    if rng.rand()<.5:
        M=np.array([[-M[0,0],M[0,1],M[0,2]+M[0,0]*(W-1)],[-M[1,0],M[1,1],M[1,2]+M[1,0]*(W-1)]])
    return cv2.warpAffine(x,M,(W,H),flags=cv2.INTER_LINEAR|cv2.WARP_INVERSE_MAP,borderMode=cv2.BORDER_REPLICATE)
idx=np.arange(256)
def hsv(x):
    h=cv2.cvtColor(x,cv2.COLOR_RGB2HSV)
    dh=int(round(rng.uniform(-.1,.1)*180)); fs=rng.uniform(.7,1.3); fv=rng.uniform(.7,1.3)
    hh,ss,vv=cv2.split(h)
    hh=cv2.LUT(hh,((idx+dh)%180).astype(np.uint8)); ss=cv2.LUT(ss,np.clip(idx*fs,0,255).astype(np.uint8)); vv=cv2.LUT(vv,np.clip(idx*fv,0,255).astype(np.uint8))
    return cv2.cvtColor(cv2.merge((hh,ss,vv)),cv2.COLOR_HSV2RGB)
def rest(x):
    x=cv2.GaussianBlur(x,(3,3),rng.uniform(.1,2.0))
    n=np.empty(x.shape,np.int16); cv2.randn(n,0,10)
    x=cv2.add(x,n,dtype=cv2.CV_8U)
    y0=rng.randint(0,H-30); x0=rng.randint(0,W-30); x[y0:y0+30,x0:x0+30]=0
    return x
pipes={'affine':lambda x:affine(x),'hsv':lambda x:hsv(affine(x)),'rest':lambda x:rest(hsv(affine(x)))}
for name in sys.argv[1:] or pipes:
    f=pipes[name]
    for i in range(200): f(img)
    n=3000; best=0
    for r in range(3):
        t=time.process_time()
        for i in range(n//3): f(img)
        best=max(best,n/3/(time.process_time()-t))
    print(name, '%.0f' % best, flush=True)
